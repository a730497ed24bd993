import { randomBytes } from 'node:crypto';
import type { MachineSpec } from '@nephos/agent-protocol/machine.ts';
import type { CommandContext } from '@nephos/agent-runtime/command-runner.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import { MiB } from '@nephos/model/kernel/units.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HostDriver, MachineEvent } from './driver.ts';

/** A driver under test, and what the contract needs of the world around it. */
export interface DriverUnderTest {
  driver: HostDriver;
  /** An empty directory for primary storage, and one for secondary. */
  primary: string;
  secondary: string;
  /** A QCOW2 image on secondary storage that a machine can be made from. */
  templatePath: string;
  /** A disc on secondary storage. */
  isoPath: string;
  /** Pulls a machine's plug at the hypervisor, behind the driver's back. */
  pullPlug(machineId: string): Promise<void>;
  close(): Promise<void>;
}

const context: CommandContext = { signal: new AbortController().signal, progress: () => undefined };
const diskBytes = 64n * MiB;

/** What every driver does alike. One suite, run on each. */
export function describeDriverContract(name: string, open: () => Promise<DriverUnderTest>): void {
  describe(`driver contract: ${name}`, () => {
    let under: DriverUnderTest;
    let driver: HostDriver;
    const events: MachineEvent[] = [];
    const poolId = newId('StoragePool');
    const imageId = newId('Template');
    const pool = () => ({ poolId, path: under.primary });
    const base = () => ({ imageId, pool: pool(), sourcePath: under.templatePath, format: 'QCOW2' as const });

    beforeAll(async () => {
      under = await open();
      ({ driver } = under);
      driver.onMachineEvent((event) => events.push(event));
      await driver.attachPool(pool());
    });

    afterAll(async () => {
      await under.close();
    });

    async function eventOf(machineId: string, power: string): Promise<MachineEvent> {
      for (const deadline = Date.now() + 20_000; Date.now() < deadline;) {
        const found = events.find((event) => event.machineId === machineId && event.power === power);
        if (found !== undefined) return found;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(`no event told that ${machineId} is ${power}`);
    }

    async function aMachine(overrides: Partial<MachineSpec> = {}): Promise<MachineSpec> {
      const volumeId = newId('Volume');
      await driver.createVolume(
        { volumeId, pool: pool(), name: 'contract', sizeBytes: diskBytes, baseImageId: null },
        context,
      );
      return {
        machineId: newId('VirtualMachine'),
        name: 'contract',
        cpuCount: 1,
        memoryBytes: 32n * MiB,
        disks: [{ volumeId, pool: pool(), deviceIndex: 0 }],
        isoPath: null,
        nics: [],
        ...overrides,
      };
    }

    test('facts and inventory say who the host is', async () => {
      const facts = await driver.facts();
      expect(facts.cpuCores).toBeGreaterThan(0);
      expect(facts.cpuMhz).toBeGreaterThan(0);
      expect(facts.memoryBytes).toBeGreaterThan(0n);
      expect(await driver.inventory()).toMatchObject({ machines: [] });
    });

    test('a pool is found once it is attached, and keeps what it holds', async () => {
      const other = {
        poolId: newId('StoragePool'),
        path: `${under.primary}-${randomBytes(4).toString('hex')}`,
      };
      expect(await driver.findPool(other)).toBeNull();
      const space = await driver.attachPool(other);
      expect(space.totalBytes).toBeGreaterThan(0n);
      expect(await driver.attachPool(other)).toMatchObject({ totalBytes: space.totalBytes });
      expect(await driver.findPool(other)).not.toBeNull();
      const volume = { volumeId: newId('Volume'), pool: other };
      await driver.createVolume(
        { ...volume, name: 'held', sizeBytes: diskBytes, baseImageId: null },
        context,
      );
      await expect(driver.detachPool(other)).rejects.toMatchObject({ code: 'IN_USE' });
      await driver.deleteVolume(volume);
      await driver.detachPool(other);
      expect(await driver.findPool(other)).toBeNull();
    });

    test('a disk is made once and deleted once, however often that is asked', async () => {
      const volume = { volumeId: newId('Volume'), pool: pool() };
      const payload = { ...volume, name: 'twice', sizeBytes: diskBytes, baseImageId: null };
      expect(await driver.hasVolume(volume)).toBe(false);
      await driver.createVolume(payload, context);
      await driver.createVolume(payload, context);
      expect(await driver.hasVolume(volume)).toBe(true);
      await driver.deleteVolume(volume);
      await driver.deleteVolume(volume);
      expect(await driver.hasVolume(volume)).toBe(false);
    });

    test('linked clones stand on an installed template, and on no other', async () => {
      expect(await driver.findBase(base())).toBeNull();
      const volume = { volumeId: newId('Volume'), pool: pool(), name: 'clone', sizeBytes: diskBytes };
      await expect(driver.createVolume({ ...volume, baseImageId: imageId }, context)).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
      expect(await driver.hasVolume(volume)).toBe(false);
      const [first, second] = await Promise.all([
        driver.installBase(base(), context),
        driver.installBase(base(), context),
      ]);
      expect(first).toEqual(second);
      expect(first.virtualSizeBytes).toBeGreaterThan(0n);
      await driver.createVolume({ ...volume, baseImageId: imageId }, context);
      const targetPath = `${under.secondary}/${newId('Template')}.qcow2`;
      const exported = await driver.exportVolume({ ...volume, targetPath }, context);
      expect(exported.virtualSizeBytes).toBe(diskBytes);
      expect(await driver.findExport({ ...volume, targetPath })).toMatchObject({
        virtualSizeBytes: diskBytes,
      });
      await driver.deleteVolume(volume);
      await driver.removeBase(base());
      await driver.removeBase(base());
      expect(await driver.findBase(base())).toBeNull();
    });

    test('a machine lives: started, seen, measured, reset, stopped, started again, removed', async () => {
      const machine = await aMachine();
      const { machineId } = machine;
      expect(await driver.observeMachine(machineId)).toEqual({ machineId, power: 'ABSENT', isoPath: null });
      expect(await driver.startMachine({ machine }, context)).toMatchObject({ machineId, power: 'ON' });
      expect(await driver.startMachine({ machine }, context)).toMatchObject({ machineId, power: 'ON' });
      await eventOf(machineId, 'ON');
      expect((await driver.inventory()).machines).toContainEqual({ machineId, power: 'ON', isoPath: null });
      expect(await driver.readCounters([machineId])).toMatchObject([{ machineId }]);
      expect((await driver.readCounters()).map((each) => each.machineId)).toContain(machineId);
      expect(await driver.rebootMachine(machineId)).toMatchObject({ power: 'ON' });
      const [disk] = machine.disks;
      if (disk === undefined) throw new Error('the machine has no disk');
      await expect(driver.deleteVolume(disk)).rejects.toMatchObject({ code: 'IN_USE' });
      expect(await driver.stopMachine({ machineId, graceSeconds: 0 }, context)).toMatchObject({
        power: 'OFF',
        forced: true,
      });
      expect(await driver.stopMachine({ machineId, graceSeconds: 0 }, context)).toMatchObject({
        power: 'OFF',
        forced: false,
      });
      await eventOf(machineId, 'OFF');
      expect(await driver.startMachine({ machine }, context)).toMatchObject({ power: 'ON' });
      await driver.removeMachine(machineId);
      await driver.removeMachine(machineId);
      expect(await driver.observeMachine(machineId)).toMatchObject({ power: 'ABSENT' });
      await driver.deleteVolume(disk);
    });

    test('a disc goes in and out, of a running machine and of one that is off', async () => {
      const machine = await aMachine({ isoPath: under.isoPath });
      const { machineId } = machine;
      expect(await driver.startMachine({ machine }, context)).toMatchObject({ isoPath: under.isoPath });
      expect(await driver.setIso({ machineId, isoPath: null })).toMatchObject({ isoPath: null });
      expect(await driver.setIso({ machineId, isoPath: under.isoPath })).toMatchObject({
        isoPath: under.isoPath,
      });
      await driver.stopMachine({ machineId, graceSeconds: 0 }, context);
      expect(await driver.setIso({ machineId, isoPath: null })).toMatchObject({
        power: 'OFF',
        isoPath: null,
      });
      await driver.removeMachine(machineId);
      await expect(driver.setIso({ machineId, isoPath: null })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    test('what happens behind its back is told at once', async () => {
      const machine = await aMachine();
      await driver.startMachine({ machine }, context);
      await under.pullPlug(machine.machineId);
      await eventOf(machine.machineId, 'OFF');
      expect(await driver.observeMachine(machine.machineId)).toMatchObject({ power: 'OFF' });
      await driver.removeMachine(machine.machineId);
    });

    test('a machine that cannot start leaves nothing', async () => {
      const machine = await aMachine();
      const missing = {
        ...machine,
        disks: machine.disks.map((disk) => ({ ...disk, volumeId: newId('Volume') })),
      };
      await expect(driver.startMachine({ machine: missing }, context)).rejects.toMatchObject({
        code: expect.any(String) as string,
      });
      expect(await driver.observeMachine(machine.machineId)).toMatchObject({ power: 'ABSENT' });
    });

    test('its capabilities are true of its console', async () => {
      const machine = await aMachine();
      await driver.startMachine({ machine }, context);
      const { capabilities } = await driver.facts();
      if (capabilities.vncConsole) {
        const screen = await driver.openConsole(machine.machineId);
        const greeting = await new Promise<Buffer>((resolve) => screen.once('data', resolve));
        expect(greeting.toString('latin1')).toMatch(/^RFB 003\.00\d\n$/);
        screen.destroy();
      } else {
        await expect(driver.openConsole(machine.machineId)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
      }
      await driver.removeMachine(machine.machineId);
    });
  });
}
