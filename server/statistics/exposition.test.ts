import { expect, test } from 'vitest';
import { exposition } from './exposition.ts';

const text = (...args: Parameters<typeof exposition>) => [...exposition(...args)].join('');

test('a gauge is told of with all that have it, under names that cannot break out', () => {
  const lines = text('StoragePool', [
    { id: 'pool_1', name: 'fast"} 1\nnephos_host_load1{', zone: 'a\\b', values: [1, 2] },
    { id: 'pool_2', name: 'slow', zone: 'z', values: [null, 4.5] },
  ]);
  expect(lines).toBe(
    [
      '# HELP nephos_storage_pool_used_bytes Used space of a storage pool.',
      '# TYPE nephos_storage_pool_used_bytes gauge',
      String.raw`nephos_storage_pool_used_bytes{id="pool_1",name="fast\"} 1\nnephos_host_load1{",zone="a\\b"} 1`,
      '# HELP nephos_storage_pool_bytes Size of a storage pool.',
      '# TYPE nephos_storage_pool_bytes gauge',
      String.raw`nephos_storage_pool_bytes{id="pool_1",name="fast\"} 1\nnephos_host_load1{",zone="a\\b"} 2`,
      'nephos_storage_pool_bytes{id="pool_2",name="slow",zone="z"} 4.5',
      '',
    ].join('\n'),
  );
});

test('what is percent in the API is a ratio here', () => {
  const machine = { id: 'vm_1', name: 'web', zone: 'z', account: 'acme', values: [50] };
  expect(text('VirtualMachine', [machine])).toContain(
    'nephos_machine_cpu_ratio{id="vm_1",name="web",zone="z",account="acme"} 0.5\n',
  );
});

test('many come in pieces', () => {
  const samples = Array.from({ length: 2500 }, (_, index) => ({
    id: `pool_${index}`,
    name: 'p',
    zone: 'z',
    values: [1, 2],
  }));
  const pieces = [...exposition('StoragePool', samples)];
  expect(pieces.length).toBe(6);
  expect(pieces.join('').match(/^nephos_storage_pool_bytes/gm)?.length).toBe(2500);
});
