import { newId } from '@nephos/model/kernel/ids.ts';
import { GiB, MiB } from '@nephos/model/kernel/units.ts';
import { expect, test } from 'vitest';
import { differencesOf } from './differences.ts';

const volumeId = newId('Volume');
const other = newId('Volume');
const card = { macAddress: '02:00:00:00:00:01', bridge: 'br0' };
const expected = {
  cpuCount: 2,
  memoryBytes: GiB,
  volumeIds: [volumeId, other],
  nics: [card],
  isoPath: '/images/a.iso',
};
const found = {
  machineId: newId('VirtualMachine'),
  cpuCount: 2,
  memoryBytes: GiB,
  disks: [other, volumeId].map((id) => ({ volumeId: id, path: `/pool/${id}` })),
  nics: [card],
  isoPath: '/images/a.iso',
};

test('what is as it should be has no differences, in whichever order', () => {
  expect(differencesOf(expected, found)).toEqual([]);
});

test('each difference says what should be and what is', () => {
  const changed = {
    ...found,
    cpuCount: 4,
    memoryBytes: 512n * MiB,
    disks: [...found.disks, { volumeId: null, path: '/tmp/stick.img' }],
    nics: [card, { macAddress: '02:00:00:00:00:02', bridge: null }],
    isoPath: null,
  };
  expect(differencesOf(expected, changed).map(({ field }) => field)).toEqual([
    'CPU_COUNT',
    'MEMORY',
    'DISKS',
    'NICS',
    'ISO',
  ]);
  expect(differencesOf(expected, { ...found, nics: [] })).toEqual([
    { field: 'NICS', expected: '02:00:00:00:00:01 on br0', found: 'none' },
  ]);
});

test('a disc whose place nobody knows is not compared', () => {
  expect(differencesOf({ ...expected, isoPath: undefined }, { ...found, isoPath: null })).toEqual([]);
});
