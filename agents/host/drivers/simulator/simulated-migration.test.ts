import { randomBytes } from 'node:crypto';
import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import { MiB } from '@nephos/model/kernel/units.ts';
import { expect, test } from 'vitest';
import { describeMigrationContract } from '../../migration/migration-contract.ts';
import { plain } from '../../migration/test-host.ts';
import { SimulatedDisks } from './simulated-disks.ts';
import { AutomaticTime } from './simulated-time.ts';
import { SimulatorDriver } from './simulator-driver.ts';

const aHost = (hostname: string, disks: SimulatedDisks) =>
  new SimulatorDriver({ hostname, cpuCores: 4, memoryMib: 1024, time: new AutomaticTime(), disks });

for (const storage of ['of one process', 'of two processes'] as const) {
  describeMigrationContract(`simulators ${storage}`, () => {
    const disks = new SimulatedDisks();
    const others = storage === 'of one process' ? disks : new SimulatedDisks();
    return Promise.resolve({
      drivers: [aHost('one', disks), aHost('two', others)],
      primary: '/primary',
      slowMachine: { name: 'slow-at-migrate' },
      slowDown: () => Promise.resolve(),
      close: () => Promise.resolve(),
    });
  });
}

test.each([
  ['it runs there', 'ON', { downtimeMs: null }, 'ABSENT'],
  ['it does not run there', 'ABSENT', null, 'ON'],
  ['nobody knows', undefined, null, 'PAUSED'],
] as const)(
  'an agent that died while its machine changed hosts asks the other one: %s',
  async (_what, there, outcome, here) => {
    const driver = aHost('one', new SimulatedDisks());
    const pool = { poolId: newId('StoragePool'), path: '/primary' };
    const volumeId = newId('Volume');
    await driver.createVolume({ volumeId, pool, name: 'web', sizeBytes: MiB, baseImageId: null }, plain);
    const machineId = newId('VirtualMachine');
    const machine = {
      machineId,
      name: 'web',
      cpuCount: 1,
      memoryBytes: MiB,
      headroom: null,
      bootMode: 'BIOS' as const,
      disks: [{ volumeId, pool, deviceIndex: 0 }],
      isoPath: null,
      startsFromIso: false,
      nics: [],
      seed: null,
    };
    await driver.startMachine({ machine }, plain);
    // As it is written down while the other host is told to let it run.
    driver.pause(machineId);
    const unreachable = () => Promise.reject(new CommandFailure('PEER_UNREACHABLE', 'gone'));
    const payload = {
      machineId,
      destination: { address: '127.0.0.1', port: 1, certificateSha256: '0'.repeat(64) },
      ticket: randomBytes(24).toString('base64url'),
      allowedDowntimeMs: 300,
      isForced: false,
    };
    const powerThere = () => (there === undefined ? unreachable() : Promise.resolve(there));
    expect(await driver.migration.settle(payload, { open: unreachable, powerThere })).toEqual(outcome);
    expect(await driver.observeMachine(machineId)).toMatchObject({ power: here });
  },
);
