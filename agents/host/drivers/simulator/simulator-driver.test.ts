import { newId, parseId } from '@nephos/model/kernel/ids.ts';
import { MiB } from '@nephos/model/kernel/units.ts';
import { expect, test } from 'vitest';
import { describeDriverContract } from '../../driver-contract.ts';
import { SimulatedDisks } from './simulated-disks.ts';
import { volumeKey } from './simulated-storage.ts';
import { AutomaticTime, SteppedTime } from './simulated-time.ts';
import { SimulatorDriver } from './simulator-driver.ts';

const host = { hostname: 'sim', cpuCores: 8, memoryMib: 8192 };

describeDriverContract('simulator', () => {
  const disks = new SimulatedDisks();
  const driver = new SimulatorDriver({ ...host, time: new AutomaticTime(), disks });
  return Promise.resolve({
    driver,
    primary: '/primary',
    secondary: '/secondary',
    templatePath: '/secondary/template.qcow2',
    isoPath: '/secondary/disc.iso',
    readSeed: (machineId) => {
      const seed = driver.state.machines[machineId]?.seed ?? null;
      return Promise.resolve(seed && Object.values(seed).flat().join('\n'));
    },
    readSize: (machineId) => {
      const { cpuCount = 0, memoryBytes = '0' } = driver.state.machines[machineId] ?? {};
      return Promise.resolve({ cpuCount, memoryBytes: BigInt(memoryBytes) });
    },
    readCards: (machineId) => Promise.resolve(driver.state.machines[machineId]?.macAddresses ?? []),
    scribble: (disk) => {
      disks.write([volumeKey(disk)]);
      return Promise.resolve();
    },
    readDisk: (disk) => Promise.resolve(String(disks.find(volumeKey(disk))?.content)),
    makeForeign: ({ uuid, name, path, sizeBytes }) => {
      driver.foreign.add({
        ...{ uuid, name, power: 'ON', cpuCount: 1, memoryBytes: (32n * MiB).toString(), bootMode: 'BIOS' },
        disks: [{ path, format: 'QCOW2', sizeBytes: sizeBytes.toString(), bus: 'virtio' }],
        nics: [],
        obstacle: null,
      });
      return Promise.resolve();
    },
    setCpus: (machineId, cpuCount) => {
      driver.foreign.tamper(parseId('VirtualMachine', machineId), { cpuCount });
      return Promise.resolve();
    },
    guestsLetGo: true,
    pullPlug: (machineId) => {
      driver.powerOff(parseId('VirtualMachine', machineId), 'destroyed');
      return Promise.resolve();
    },
    close: () => driver.close(),
  });
});

test('in stepped time nothing happens until it is let happen', async () => {
  const time = new SteppedTime();
  const driver = new SimulatorDriver({ ...host, time });
  const pool = { poolId: newId('StoragePool'), path: '/primary' };
  const volume = { volumeId: newId('Volume'), pool };
  const making = driver.createVolume(
    { ...volume, name: 'web', sizeBytes: MiB, baseImageId: null },
    { signal: new AbortController().signal, progress: () => undefined },
  );
  expect(time.waiting).toEqual(['volume.create web']);
  expect(await driver.hasVolume(volume)).toBe(false);
  expect(time.step(1)).toBe(1);
  await making;
  expect(await driver.hasVolume(volume)).toBe(true);
});

test('work that waits can be broken off', async () => {
  const time = new SteppedTime();
  const driver = new SimulatorDriver({ ...host, time });
  const pool = { poolId: newId('StoragePool'), path: '/primary' };
  const abort = new AbortController();
  const payload = { volumeId: newId('Volume'), pool, name: 'web', sizeBytes: MiB, baseImageId: null };
  const making = driver.createVolume(payload, { signal: abort.signal, progress: () => undefined });
  abort.abort(new Error('cancelled'));
  await expect(making).rejects.toThrow('cancelled');
  expect(time.waiting).toEqual([]);
});
