import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MachineSpec } from '@nephos/agent-protocol/machine.ts';
import type { CommandContext } from '@nephos/agent-runtime/command-runner.ts';
import { hostUsageBetween, machineUsageBetween } from '@nephos/agent-protocol/rates.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import { MiB } from '@nephos/model/kernel/units.ts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { HostDriver, MachineEvent } from './driver.ts';
import type { DriverUnderTest } from './driver-under-test.ts';
import { describeForeignContract } from './foreign-contract.ts';
import { describeSnapshotContract } from './snapshot-contract.ts';

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
        await sleep(20);
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
        headroom: null,
        bootMode: 'BIOS',
        disks: [{ volumeId, pool: pool(), deviceIndex: 0 }],
        isoPath: null,
        startsFromIso: false,
        nics: [],
        seed: null,
        ...overrides,
      };
    }

    describeSnapshotContract({ under: () => under, context, events, aMachine });
    describeForeignContract({ under: () => under, context, base, aMachine });

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
      await expect.poll(() => driver.readCounters([machineId])).toMatchObject([{ machineId }]);
      await expect
        .poll(async () => (await driver.readCounters()).map((each) => each.machineId))
        .toContain(machineId);
      expect(await driver.rebootMachine({ machineId, graceSeconds: 0 }, context)).toMatchObject({
        power: 'ON',
        forced: true,
      });
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

    test('a machine stands still and goes on, and can be stopped from standing still', async () => {
      const machine = await aMachine();
      const { machineId } = machine;
      expect(await driver.suspendMachine(machineId)).toMatchObject({ power: 'ABSENT' });
      await driver.startMachine({ machine }, context);
      for (let times = 0; times < 2; times++)
        expect(await driver.suspendMachine(machineId)).toMatchObject({ power: 'PAUSED' });
      await eventOf(machineId, 'PAUSED');
      expect(await driver.startMachine({ machine }, context)).toMatchObject({ power: 'PAUSED' });
      await expect.poll(() => driver.readCounters([machineId])).toMatchObject([{ machineId }]);
      for (let times = 0; times < 2; times++)
        expect(await driver.resumeMachine(machineId)).toMatchObject({ power: 'ON' });
      await driver.suspendMachine(machineId);
      expect(await driver.stopMachine({ machineId, graceSeconds: 0 }, context)).toMatchObject({
        power: 'OFF',
        forced: true,
      });
      expect(await driver.resumeMachine(machineId)).toMatchObject({ power: 'OFF' });
      await driver.removeMachine(machineId);
    });

    test('a guest that does not restart when it is asked is reset', async () => {
      const machine = await aMachine({ name: 'ignores-power-button' });
      const { machineId } = machine;
      await driver.startMachine({ machine }, context);
      expect(await driver.rebootMachine({ machineId, graceSeconds: 1 }, context)).toMatchObject({
        power: 'ON',
        forced: true,
      });
      await driver.removeMachine(machineId);
      await expect(driver.rebootMachine({ machineId, graceSeconds: 0 }, context)).rejects.toMatchObject({
        code: expect.any(String) as string,
      });
    });

    test('a machine is measured by counters that grow, and begin anew with it', async () => {
      const machine = await aMachine();
      const { machineId } = machine;
      // One that is busy is left out.
      const read = () =>
        vi.waitUntil(async () => (await driver.readCounters([machineId]))[0], { timeout: 20_000 });
      await driver.startMachine({ machine }, context);
      const first = await read();
      expect(first.memoryAssignedBytes).toBe(machine.memoryBytes);
      expect(first.memoryBytes).toBeGreaterThan(0n);
      await sleep(1000);
      const second = await read();
      expect(second.runId).toBe(first.runId);
      const together = await Promise.all([1, 2, 3].map(() => driver.readCounters([machineId])));
      expect(new Set(together.map(({ length }) => length)).size, 'none finds it busy with another').toBe(1);
      const usage = machineUsageBetween(first, second, 1);
      expect(usage.cpu).toBeGreaterThan(0);
      for (const value of Object.values(usage))
        if (typeof value === 'number') expect(value).not.toBeLessThan(0);
      await driver.stopMachine({ machineId, graceSeconds: 0 }, context);
      expect(await driver.readCounters([machineId])).toEqual([]);
      await driver.startMachine({ machine }, context);
      const again = await read();
      expect(again.runId).not.toBe(second.runId);
      await driver.removeMachine(machineId);
    });

    test('the host is measured by counters that grow', async () => {
      const { memoryBytes } = await driver.facts();
      const first = await driver.readHostCounters();
      // The host may be idle otherwise: its processors count in hundredths of a second.
      const busyUntil = performance.now() + 300;
      while (performance.now() < busyUntil);
      await sleep(700);
      const usage = hostUsageBetween(first, await driver.readHostCounters(), 1);
      expect(usage.cpu).toBeGreaterThan(0);
      expect(usage.cpu).toBeLessThanOrEqual(1);
      expect(usage.memoryTotalBytes / Number(memoryBytes)).toBeCloseTo(1, 1);
      expect(usage.memoryUsedBytes).toBeGreaterThan(0);
      expect(usage.memoryUsedBytes).toBeLessThanOrEqual(usage.memoryTotalBytes);
      expect(usage.load).toBeGreaterThanOrEqual(0);
      expect(usage.networkRxBytes).toBeGreaterThanOrEqual(0);
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

    test('a guest is given its keys, user data and the hash of its password, until it is removed', async () => {
      const seed = {
        version: 3,
        publicKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'],
        userData: '#!/bin/sh\necho hello\n',
        passwordHash: `$6$saltstring$${'x'.repeat(86)}`,
      };
      const machine = await aMachine({ seed });
      const { machineId } = machine;
      expect(await under.readSeed(machineId)).toBeNull();
      await driver.startMachine({ machine }, context);
      const text = (await under.readSeed(machineId)) ?? '';
      for (const part of ['ssh-ed25519 AAAA', 'echo hello', '$6$saltstring$', '3'])
        expect(text).toContain(part);
      expect(await driver.observeMachine(machineId)).toMatchObject({ isoPath: null });
      expect(await driver.setIso({ machineId, isoPath: under.isoPath })).toMatchObject({
        isoPath: under.isoPath,
      });
      await driver.stopMachine({ machineId, graceSeconds: 0 }, context);
      await driver.startMachine({ machine: { ...machine, seed: { ...seed, passwordHash: null } } }, context);
      expect(await under.readSeed(machineId)).not.toContain('$6$');
      await driver.removeMachine(machineId);
      expect(await under.readSeed(machineId)).toBeNull();
    });

    test('a machine is given more while it runs, up to its headroom and no further', async () => {
      const headroom = { cpuCount: 2, memoryBytes: 64n * MiB };
      const machine = await aMachine({ headroom });
      const { machineId } = machine;
      await expect(driver.scaleMachine({ machineId, ...headroom })).rejects.toMatchObject({
        code: expect.any(String) as string,
      });
      await driver.startMachine({ machine }, context);
      for (let times = 0; times < 2; times++) await driver.scaleMachine({ machineId, ...headroom });
      expect(await under.readSize(machineId)).toEqual(headroom);
      await expect(
        driver.scaleMachine({ machineId, cpuCount: 3, memoryBytes: 64n * MiB }),
      ).rejects.toMatchObject({ code: 'UNSUPPORTED' });
      expect(await under.readSize(machineId)).toEqual(headroom);
      await driver.removeMachine(machineId);
    });

    test('a network card goes into a running machine once, and out as the guest lets go of it', async () => {
      const machine = await aMachine();
      const { machineId, name } = machine;
      const nic = {
        nicId: newId('Nic'),
        macAddress: '02:00:5e:10:00:01',
        ipAddress: '10.77.0.10',
        isDefault: false,
        network: {
          networkId: newId('GuestNetwork'),
          bridge: 'nbrcontract',
          cidr: '10.77.0.0/24',
          gateway: '10.77.0.1',
          dns: ['10.77.0.1'],
          domain: null,
        },
      };
      const { macAddress } = nic;
      await expect(driver.plugNic({ machineId, name, nic })).rejects.toMatchObject({
        code: expect.any(String) as string,
      });
      await driver.startMachine({ machine }, context);
      for (let times = 0; times < 2; times++) await driver.plugNic({ machineId, name, nic });
      expect(await under.readCards(machineId)).toEqual([macAddress]);
      const unplugged = driver.unplugNic({ machineId, macAddress }, context);
      if (under.guestsLetGo) {
        await unplugged;
        await driver.unplugNic({ machineId, macAddress }, context);
        expect(await under.readCards(machineId)).toEqual([]);
      } else {
        await expect(unplugged).rejects.toMatchObject({ code: 'TIMEOUT' });
        expect(await under.readCards(machineId)).toEqual([macAddress]);
      }
      await driver.removeMachine(machineId);
    }, 180_000);

    test('a password is refused by a guest that does not listen', async () => {
      const machine = await aMachine({ name: 'without-guest-agent' });
      const { machineId } = machine;
      await driver.startMachine({ machine }, context);
      await expect(
        driver.setGuestPassword({ machineId, userName: 'root', passwordHash: `$6$s$${'x'.repeat(86)}` }),
      ).rejects.toMatchObject({ code: 'HYPERVISOR_ERROR' });
      await driver.removeMachine(machineId);
    });

    test('its capabilities are true of UEFI', async () => {
      const machine = await aMachine({ bootMode: 'UEFI', memoryBytes: 128n * MiB });
      const { capabilities } = await driver.facts();
      if (capabilities.uefi === true) {
        expect(await driver.startMachine({ machine }, context)).toMatchObject({ power: 'ON' });
        await driver.removeMachine(machine.machineId);
        expect(await driver.observeMachine(machine.machineId)).toMatchObject({ power: 'ABSENT' });
      } else {
        await expect(driver.startMachine({ machine }, context)).rejects.toMatchObject({
          code: 'UNSUPPORTED',
        });
      }
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
