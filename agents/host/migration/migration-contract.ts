import { randomBytes } from 'node:crypto';
import type { MachineSpec } from '@nephos/agent-protocol/machine.ts';
import { testAuthority } from '@nephos/agent-runtime/peer/test-authority.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { MiB } from '@nephos/model/kernel/units.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HostDriver } from '../driver.ts';
import { MigrationTestHost, plain } from './test-host.ts';

/** Two drivers of one kind whose hosts see the same primary storage. */
export interface DriverPair {
  drivers: [HostDriver, HostDriver];
  primary: string;
  /** What a machine is like whose migration takes many seconds. */
  slowMachine: Partial<MachineSpec>;
  /** Makes the next migration of such a machine take many seconds, should that need more. */
  slowDown(machineId: Id<'VirtualMachine'>): Promise<void>;
  close(): Promise<void>;
}

/** How every driver moves machines. One suite, run on each. */
export function describeMigrationContract(name: string, open: () => Promise<DriverPair>): void {
  describe(`migration contract: ${name}`, () => {
    let pair: DriverPair;
    let from: MigrationTestHost;
    let to: MigrationTestHost;
    const poolId = newId('StoragePool');
    const pool = () => ({ poolId, path: pair.primary });

    beforeAll(async () => {
      pair = await open();
      const authority = await testAuthority();
      const hosts = await Promise.all(
        pair.drivers.map(async (driver) => {
          const agentId = newId('Agent');
          await driver.attachPool(pool());
          return new MigrationTestHost({ driver, agentId, identity: await authority.enrol(agentId) });
        }),
      );
      [from, to] = hosts as [MigrationTestHost, MigrationTestHost];
    });

    afterAll(async () => {
      await Promise.all([from, to].map((host) => host.close()));
      await pair.close();
    });

    async function aRunningMachine(overrides: Partial<MachineSpec> = {}): Promise<MachineSpec> {
      const volumeId = newId('Volume');
      await from.driver.createVolume(
        { volumeId, pool: pool(), name: 'traveller', sizeBytes: 64n * MiB, baseImageId: null },
        plain,
      );
      const machine: MachineSpec = {
        machineId: newId('VirtualMachine'),
        name: 'traveller',
        cpuCount: 1,
        memoryBytes: 32n * MiB,
        headroom: null,
        bootMode: 'BIOS',
        disks: [{ volumeId, pool: pool(), deviceIndex: 0 }],
        isoPath: null,
        startsFromIso: false,
        nics: [],
        seed: null,
        ...overrides,
      };
      expect(await from.driver.startMachine({ machine }, plain)).toMatchObject({ power: 'ON' });
      return machine;
    }

    async function expected(machine: MachineSpec, source = from, destination = to) {
      const ticket = randomBytes(24).toString('base64url');
      const order = { machine, sourceAgentId: source.agentId, ticket };
      const address = await destination.run('migration.expect', order);
      expect(await destination.run('migration.expect', order), 'asked again').toEqual(address);
      return {
        machineId: machine.machineId,
        destination: address,
        ticket,
        allowedDowntimeMs: 300,
        isForced: false,
      };
    }

    const powers = ({ machineId }: { machineId: Id<'VirtualMachine'> }) =>
      Promise.all([from, to].map((host) => host.power(machineId)));

    async function dispose({ machineId, disks }: MachineSpec): Promise<void> {
      for (const { driver } of [from, to]) await driver.removeMachine(machineId);
      for (const { driver } of [from, to]) {
        for (const disk of disks) await driver.deleteVolume(disk);
      }
    }

    /** Begins a migration that takes seconds; resolves when it is on its way. */
    async function underWay(machine: MachineSpec) {
      await pair.slowDown(machine.machineId);
      const order = await expected(machine);
      const abort = new AbortController();
      const seen: { percent: number; detail: string }[] = [];
      const isMoving = Promise.withResolvers<undefined>();
      const outcome = from
        .run('machine.migrate', order, {
          signal: abort.signal,
          progress: (percent, detail) => {
            seen.push({ percent, detail });
            if (percent > 0) isMoving.resolve(undefined);
          },
        })
        .then(
          () => 'moved',
          (error: unknown) => error,
        );
      await Promise.race([isMoving.promise, outcome]);
      return { order, abort, outcome, seen };
    }

    test('says that it can', async () => {
      for (const { driver } of [from, to]) {
        expect(await driver.facts()).toMatchObject({ capabilities: { liveMigration: true } });
      }
    });

    test('a running machine moves and moves back, and leaves nothing where it was', async () => {
      const machine = await aRunningMachine();
      for (const [source, destination] of [
        [from, to],
        [to, from],
      ] as const) {
        source.events.length = destination.events.length = 0;
        const order = await expected(machine, source, destination);
        const { downtimeMs } = await source.run('machine.migrate', order);
        expect(downtimeMs).toBeLessThan(5000);
        expect(await source.driver.observeMachine(machine.machineId)).toMatchObject({ power: 'ABSENT' });
        expect(await destination.driver.observeMachine(machine.machineId)).toMatchObject({ power: 'ON' });
        expect((await source.driver.inventory()).machines).toEqual([]);
        const { machineId, ticket } = order;
        expect(await destination.run('migration.forget', { machineId, ticket })).toEqual({ power: 'ON' });
        await source.driver.removeMachine(machineId);
        const told = (host: MigrationTestHost) =>
          host.events.map(({ power, reason }) => `${power} ${reason}`);
        await expect.poll(() => told(source).at(-1)).toBe('ABSENT migrated');
        await expect.poll(() => told(destination).at(-1)).toBe('ON migrated');
        expect(told(source).every((event) => event.endsWith(' migrated'))).toBe(true);
        expect(told(destination)).toEqual(['ON migrated']);
      }
      const { machineId } = machine;
      expect(await from.driver.stopMachine({ machineId, graceSeconds: 0 }, plain)).toMatchObject({
        power: 'OFF',
      });
      expect(await from.driver.startMachine({ machine }, plain)).toMatchObject({ power: 'ON' });
      await dispose(machine);
    });

    test('one that is expected anew comes by what was agreed last, and by nothing else', async () => {
      const machine = await aRunningMachine();
      const first = await expected(machine);
      const second = await expected(machine);
      await expect(from.run('machine.migrate', first)).rejects.toMatchObject({ code: 'PEER_UNREACHABLE' });
      await from.run('machine.migrate', second);
      expect(await powers(machine)).toEqual(['ABSENT', 'ON']);
      await dispose(machine);
    });

    test('one that does not run there, or is not expected, stays what it is', async () => {
      const machine = await aRunningMachine();
      const order = await expected(machine);
      const { machineId, ticket } = order;
      await expect(
        from.run('machine.migrate', { ...order, machineId: newId('VirtualMachine') }),
      ).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(await to.run('migration.forget', { machineId, ticket })).toEqual({ power: 'ABSENT' });
      expect(await to.run('migration.forget', { machineId, ticket })).toEqual({ power: 'ABSENT' });
      await expect(from.run('machine.migrate', order)).rejects.toMatchObject({ code: 'PEER_UNREACHABLE' });
      expect(await powers(machine)).toEqual(['ON', 'ABSENT']);
      expect(await from.handlers['machine.migrate']?.observe(order)).toBeNull();
      await dispose(machine);
    });

    test('one that is cancelled on its way runs on where it was', async () => {
      const machine = await aRunningMachine(pair.slowMachine);
      const { order, abort, outcome, seen } = await underWay(machine);
      expect(seen.at(-1)?.detail).toMatch(/^[\d.]+ [KMG]iB of [\d.]+ [KMG]iB/);
      expect(await powers(machine), 'on its way').toEqual(['ON', 'ABSENT']);
      abort.abort(new Error('cancelled'));
      expect(await outcome).toMatchObject({ message: 'cancelled' });
      expect(await powers(machine)).toEqual(['ON', 'ABSENT']);
      expect(await to.run('migration.forget', order)).toEqual({ power: 'ABSENT' });
      expect((await to.driver.inventory()).machines).toEqual([]);
      await dispose(machine);
    });

    test('one whose destination goes away on its way runs on where it was', async () => {
      const machine = await aRunningMachine(pair.slowMachine);
      const { order, outcome } = await underWay(machine);
      const { machineId, ticket } = order;
      expect(await to.run('migration.forget', { machineId, ticket })).toEqual({ power: 'ABSENT' });
      expect(await outcome).toMatchObject({ code: expect.any(String) as string });
      expect(await powers(machine)).toEqual(['ON', 'ABSENT']);
      await dispose(machine);
    });
  });
}
