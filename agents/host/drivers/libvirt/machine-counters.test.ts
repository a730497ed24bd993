import { newId } from '@nephos/model/kernel/ids.ts';
import type { DomainStatistics } from '@nephos/node-libvirt/results.ts';
import { expect, test } from 'vitest';
import { countersOf } from './machine-counters.ts';

const machineId = newId('VirtualMachine');
const domain: DomainStatistics['domain'] = { name: machineId, uuid: '', id: 1 };

/** What libvirt says at once, whatever a domain is busy with. */
const known = {
  'cpu.time': 720_000_000n,
  'balloon.current': 32_768n,
  'balloon.maximum': 32_768n,
  'net.count': 1,
  'net.0.rx.bytes': 10n,
  'net.0.tx.bytes': 20n,
  'block.count': 2,
  'block.0.name': 'vda',
  'block.0.path': '/primary/one.qcow2',
  'block.1.name': 'hda',
};

const memory = { 'balloon.rss': 41_708n };

const disks = {
  'block.0.rd.reqs': 1n,
  'block.0.rd.bytes': 512n,
  'block.0.wr.reqs': 2n,
  'block.0.wr.bytes': 1024n,
  'block.1.rd.reqs': 4n,
  'block.1.rd.bytes': 2048n,
  'block.1.wr.reqs': 0n,
  'block.1.wr.bytes': 0n,
};

const countersFrom = (values: DomainStatistics['values']) => countersOf(machineId, { domain, values }, 'run');

test('what a domain says of itself is summed up over its devices', () => {
  expect(countersFrom({ ...known, ...memory, ...disks })).toEqual({
    machineId,
    runId: 'run',
    cpuNanoseconds: 720_000_000n,
    memoryBytes: 41_708n * 1024n,
    memoryAssignedBytes: 32_768n * 1024n,
    memoryUsedBytes: null,
    diskReadBytes: 2560n,
    diskWriteBytes: 1024n,
    diskReads: 5n,
    diskWrites: 2n,
    networkRxBytes: 10n,
    networkTxBytes: 20n,
  });
});

test('a domain that is busy has no counters, rather than some of zero', () => {
  expect(countersFrom(known)).toBeUndefined();
  expect(countersFrom({ ...known, ...disks })).toBeUndefined();
  expect(countersFrom({ ...known, ...memory })).toBeUndefined();
});

test('a domain that never has counters of its disks is measured all the same', () => {
  const { 'block.0.path': _, ...diskless } = known;
  expect(countersFrom({ ...diskless, ...memory })).toMatchObject({ diskReadBytes: 0n });
  expect(countersFrom({ ...known, ...memory, 'block.count': 0 })).toMatchObject({ diskReadBytes: 0n });
});
