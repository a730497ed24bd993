import type { MachineSpec } from '@nephos/agent-protocol/machine.ts';
import type { CommandContext } from '@nephos/agent-runtime/command-runner.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import { MiB } from '@nephos/model/kernel/units.ts';
import { describe, expect, test } from 'vitest';
import type { HostDriver, MachineEvent } from './driver.ts';
import type { DriverUnderTest } from './driver-under-test.ts';

interface SnapshotContractOptions {
  under(): DriverUnderTest;
  context: CommandContext;
  events: readonly MachineEvent[];
  aMachine(overrides?: Partial<MachineSpec>): Promise<MachineSpec>;
}

/** What every driver that keeps snapshots does alike. */
export function describeSnapshotContract({
  under,
  context,
  events,
  aMachine,
}: SnapshotContractOptions): void {
  const driver = (): HostDriver => under().driver;

  async function withTwoDisks(overrides: Partial<MachineSpec> = {}): Promise<MachineSpec> {
    const { disks } = await aMachine();
    const machine = await aMachine(overrides);
    return {
      ...machine,
      disks: [...machine.disks, ...disks.map((disk) => ({ ...disk, deviceIndex: 1 }))],
    };
  }

  const aSnapshot = ({ machineId, name, disks }: MachineSpec) => ({
    machineId,
    snapshotId: newId('VirtualMachineSnapshot'),
    name,
    disks,
  });

  const scribble = async ({ disks }: MachineSpec) => {
    for (const disk of disks) await under().scribble(disk);
  };
  const contents = ({ disks }: MachineSpec) => Promise.all(disks.map((disk) => under().readDisk(disk)));

  async function remove({ machineId, disks }: MachineSpec): Promise<void> {
    await driver().removeMachine(machineId);
    for (const disk of disks) await driver().deleteVolume(disk);
  }

  describe('snapshots', () => {
    test('a machine that is off goes back and forth, disk by disk', async () => {
      const machine = await withTwoDisks();
      const [one, two] = [aSnapshot(machine), aSnapshot(machine)];
      const found = { stateBytes: 0n };
      const seen = [];
      for (const snapshot of [one, two]) {
        await scribble(machine);
        seen.push(await contents(machine));
        const payload = { ...snapshot, withMemory: false };
        expect(await driver().findSnapshot(payload)).toBeNull();
        for (let times = 0; times < 2; times++)
          expect(await driver().createSnapshot(payload, context)).toEqual(found);
        expect(await driver().findSnapshot(payload)).toEqual(found);
      }
      await expect(
        driver().createSnapshot({ ...aSnapshot(machine), withMemory: true }, context),
      ).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await scribble(machine);
      for (const [index, snapshot] of [one, two].entries()) {
        await driver().revertToSnapshot({ ...snapshot, resumes: null }, context);
        expect(await contents(machine)).toEqual(seen[index]);
      }
      for (let times = 0; times < 2; times++) await driver().deleteSnapshot(one, context);
      await expect(driver().revertToSnapshot({ ...one, resumes: null }, context)).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
      expect(await contents(machine)).toEqual(seen[1]);
      await remove(machine);
    });

    test('what a crash left of a snapshot is removed', async () => {
      const machine = await withTwoDisks();
      const payload = { ...aSnapshot(machine), withMemory: false };
      const half = { ...payload, disks: machine.disks.slice(0, 1) };
      await driver().createSnapshot(half, context);
      expect(await driver().findSnapshot(payload)).toBeNull();
      expect(await driver().findSnapshot(half)).toBeNull();
      await remove(machine);
    });

    test.each(['BIOS', 'UEFI'] as const)(
      'a guest goes on where it was, by %s, from wherever it is',
      async (bootMode) => {
        if (bootMode === 'UEFI' && (await driver().facts()).capabilities.uefi !== true) return;
        const headroom = { cpuCount: 2, memoryBytes: 128n * MiB };
        const isoPath = under().isoPath;
        const machine = await withTwoDisks({ bootMode, memoryBytes: 128n * MiB, headroom, isoPath });
        const { machineId } = machine;
        await driver().startMachine({ machine }, context);
        const before = events.length;
        const snapshot = aSnapshot(machine);
        const { stateBytes } = await driver().createSnapshot({ ...snapshot, withMemory: true }, context);
        expect(stateBytes).toBeGreaterThan(0n);
        expect(await driver().findSnapshot({ ...snapshot, withMemory: true })).toEqual({ stateBytes });
        expect(await driver().observeMachine(machineId)).toMatchObject({ power: 'ON' });
        // It stood still for it, which is nobody's business.
        expect(events.slice(before).filter((event) => event.machineId === machineId)).toEqual([]);
        const size = await under().readSize(machineId);
        await driver().scaleMachine({ machineId, ...headroom });
        expect(await under().readSize(machineId)).toMatchObject({ cpuCount: 2 });
        // The discs in its drives are those of now: the other one may be gone.
        const seed = { version: 1, publicKeys: [], userData: 'later', passwordHash: null };
        const resume = { ...snapshot, resumes: { ...machine, isoPath: null, seed } };
        const ways = {
          running: () => Promise.resolve(),
          suspended: () => driver().suspendMachine(machineId),
          off: () => driver().stopMachine({ machineId, graceSeconds: 0 }, context),
          unknown: () => driver().removeMachine(machineId),
        };
        for (const [way, leave] of Object.entries(ways)) {
          await leave();
          expect(await driver().revertToSnapshot(resume, context), way).toEqual({
            machineId,
            power: 'ON',
            isoPath: null,
          });
          expect(await under().readSize(machineId), way).toEqual(size);
        }
        await driver().deleteSnapshot(snapshot, context);
        expect(await driver().observeMachine(machineId)).toMatchObject({ power: 'ON' });
        await remove(machine);
      },
      180_000,
    );

    test('disks are kept while their machine runs, and only go back when it is off', async () => {
      const machine = await withTwoDisks();
      const { machineId } = machine;
      await scribble(machine);
      await driver().startMachine({ machine }, context);
      const snapshot = aSnapshot(machine);
      expect(await driver().createSnapshot({ ...snapshot, withMemory: false }, context)).toEqual({
        stateBytes: 0n,
      });
      const revert = { ...snapshot, resumes: null };
      await expect(driver().revertToSnapshot(revert, context)).rejects.toMatchObject({ code: 'IN_USE' });
      await expect(
        driver().revertToSnapshot({ ...snapshot, resumes: machine }, context),
      ).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(await driver().observeMachine(machineId)).toMatchObject({ power: 'ON' });
      await driver().stopMachine({ machineId, graceSeconds: 0 }, context);
      const kept = await contents(machine);
      await scribble(machine);
      expect(await contents(machine)).not.toEqual(kept);
      expect(await driver().revertToSnapshot(revert, context)).toMatchObject({ power: 'OFF' });
      expect(await contents(machine)).toEqual(kept);
      await remove(machine);
    });
  });
}
