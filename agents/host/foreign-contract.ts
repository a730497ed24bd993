import type { CommandPayload } from '@nephos/agent-protocol/commands.ts';
import type { MachineSpec } from '@nephos/agent-protocol/machine.ts';
import type { CommandContext } from '@nephos/agent-runtime/command-runner.ts';
import { newId, uuidOf } from '@nephos/model/kernel/ids.ts';
import { MiB } from '@nephos/model/kernel/units.ts';
import { describe, expect, test } from 'vitest';
import type { HostDriver } from './driver.ts';
import type { DriverUnderTest } from './driver-under-test.ts';

interface ForeignContractOptions {
  under(): DriverUnderTest;
  context: CommandContext;
  /** A template, to be installed in the pool. */
  base(): CommandPayload<'base.install'>;
  /** With one disk, in the pool. */
  aMachine(overrides?: Partial<MachineSpec>): Promise<MachineSpec>;
}

const diskBytes = 64n * MiB;

/** What every driver does alike with machines that are none of ours, and with what others do to ours. */
export function describeForeignContract({ under, context, base, aMachine }: ForeignContractOptions): void {
  const driver = (): HostDriver => under().driver;

  const ours = async () => (await driver().inventory()).machines.map(({ machineId }) => machineId);

  function rootOf({ disks: [root] }: MachineSpec) {
    if (root === undefined) throw new Error('the machine has no disk');
    return root;
  }

  /** What somebody made, as it would be ours. */
  async function aForeignMachine(name: string) {
    const machineId = newId('VirtualMachine');
    const { pool } = base();
    const path = `${pool.path}/volumes/${name}.qcow2`;
    await under().makeForeign({ uuid: uuidOf(machineId), name, path, sizeBytes: diskBytes });
    const volumeId = newId('Volume');
    const machine: MachineSpec = {
      ...{ machineId, name, cpuCount: 1, memoryBytes: 32n * MiB, headroom: null, bootMode: 'BIOS' },
      ...{ isoPath: null, startsFromIso: false, nics: [], seed: null },
      disks: [{ volumeId, pool, deviceIndex: 0 }],
    };
    return { machine, path, handover: { machine, foreignName: name, foreignPaths: [{ volumeId, path }] } };
  }

  describe('machines of others', () => {
    test('one is told of, taken over as it runs, and lives on as ours', async () => {
      const told: (string | null)[] = [];
      const unwatch = driver().onInventoryEvent((machineId) => told.push(machineId));
      const { machine, path, handover } = await aForeignMachine('contract-foreign');
      const { machineId } = machine;
      const root = rootOf(machine);
      const before = await driver().foreignMachines();
      expect(before).toEqual([
        {
          ...{
            uuid: uuidOf(machineId),
            name: 'contract-foreign',
            power: 'ON',
            cpuCount: 1,
            bootMode: 'BIOS',
          },
          memoryBytes: 32n * MiB,
          disks: [{ path, format: 'QCOW2', sizeBytes: diskBytes, bus: 'virtio' }],
          nics: [],
          obstacle: null,
        },
      ]);
      expect(await ours()).not.toContain(machineId);
      expect(await driver().observeMachine(machineId)).toMatchObject({ power: 'ABSENT' });
      for (let times = 0; times < 2; times++)
        expect(await driver().adoptMachine(handover)).toMatchObject({ power: 'ON' });
      expect(await driver().foreignMachines()).toEqual([]);
      expect(await ours()).toContain(machineId);
      expect(await driver().describeMachine(machineId)).toMatchObject({
        ...{ machineId, cpuCount: 1, memoryBytes: 32n * MiB, nics: [], isoPath: null },
        disks: [{ volumeId: root.volumeId }],
      });
      for (let times = 0; times < 2; times++) await driver().releaseMachine(handover);
      expect(await driver().foreignMachines()).toEqual(before);
      expect(await driver().hasVolume(root)).toBe(false);
      await driver().adoptMachine(handover);
      await driver().stopMachine({ machineId, graceSeconds: 0 }, context);
      expect(await driver().startMachine({ machine }, context)).toMatchObject({ power: 'ON' });
      expect(await driver().describeMachine(machineId)).toMatchObject({
        disks: [{ volumeId: root.volumeId }],
      });
      await driver().removeMachine(machineId);
      await driver().deleteVolume(root);
      expect(await driver().foreignMachines()).toEqual([]);
      expect(told).toContain(null);
      unwatch();
    });

    test.for(['ON', 'OFF'] as const)('one that is %s is let go of, and taken over again', async (power) => {
      await driver().installBase(base(), context);
      const machine = await aMachine();
      const { machineId } = machine;
      const root = rootOf(machine);
      await driver().deleteVolume(root);
      const { imageId } = base();
      const clone = { ...root, name: 'clone', sizeBytes: diskBytes, baseImageId: imageId };
      await driver().createVolume(clone, context);
      await driver().startMachine({ machine }, context);
      if (power === 'OFF') await driver().stopMachine({ machineId, graceSeconds: 0 }, context);
      for (let times = 0; times < 2; times++) await driver().flattenVolume({ ...root, machineId }, context);
      const foreignName = `contract-${power.toLowerCase()}`;
      for (let times = 0; times < 2; times++)
        await driver().releaseMachine({ machine, foreignName, foreignPaths: [] });
      await driver().removeBase(base());
      expect(await driver().observeMachine(machineId)).toMatchObject({ power: 'ABSENT' });
      await driver().removeMachine(machineId);
      const [released] = await driver().foreignMachines();
      expect(released).toMatchObject({ uuid: uuidOf(machineId), name: foreignName, power, obstacle: null });
      const volumeId = newId('Volume');
      const again = { ...machine, disks: [{ ...root, volumeId }] };
      const foreignPaths = [{ volumeId, path: released?.disks[0]?.path ?? '' }];
      const taken = { machine: again, foreignName, foreignPaths };
      expect(await driver().adoptMachine(taken)).toMatchObject({ power });
      await driver().stopMachine({ machineId, graceSeconds: 0 }, context);
      // Before it was defined by us: its disks have several names.
      await driver().releaseMachine({ ...taken, foreignName: `${foreignName}-2`, foreignPaths: [] });
      const [twice] = await driver().foreignMachines();
      expect(twice).toMatchObject({ name: `${foreignName}-2`, power: 'OFF', obstacle: null });
      const path = twice?.disks[0]?.path ?? '';
      await driver().adoptMachine({
        ...taken,
        foreignName: `${foreignName}-2`,
        foreignPaths: [{ volumeId, path }],
      });
      expect(await driver().startMachine({ machine: again }, context)).toMatchObject({ power: 'ON' });
      await driver().removeMachine(machineId);
      expect(await driver().foreignMachines()).toEqual([]);
      await driver().deleteVolume(rootOf(again));
      expect(await driver().hasVolume(root)).toBe(false);
    });

    test('what they change of one of ours is in its description', async () => {
      const machine = await aMachine({ headroom: { cpuCount: 2, memoryBytes: 64n * MiB } });
      const { machineId } = machine;
      expect(await driver().describeMachine(machineId)).toBeNull();
      await driver().startMachine({ machine }, context);
      const disks = machine.disks.map(({ volumeId }) => ({ volumeId }));
      expect(await driver().describeMachine(machineId)).toMatchObject({
        ...{ cpuCount: 1, memoryBytes: 64n * MiB, disks, nics: [], isoPath: null },
      });
      await under().setCpus(machineId, 2);
      expect(await driver().describeMachine(machineId)).toMatchObject({ cpuCount: 2 });
      await driver().stopMachine({ machineId, graceSeconds: 0 }, context);
      expect(await driver().describeMachine(machineId)).toBeNull();
      await driver().removeMachine(machineId);
      await driver().deleteVolume(rootOf(machine));
    });
  });
}
