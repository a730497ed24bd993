import { z } from 'zod';
import { countField, idField, macField } from './fields.ts';
import { bootMode } from './machine.ts';

/** A disk of a machine that is none of ours. */
export const foreignDisk = z.strictObject({
  /** Its file on the host, or whatever else the hypervisor calls its place. */
  path: z.string().max(1024),
  format: z.enum(['QCOW2', 'RAW', 'OTHER']),
  /** As its guest sees it; `null` when nobody can tell. */
  sizeBytes: countField.nullable(),
  /** `virtio`, `sata`, … */
  bus: z.string().max(32),
});
export type ForeignDisk = z.output<typeof foreignDisk>;

/** A network card of a machine that is none of ours. */
export const foreignNic = z.strictObject({
  macAddress: macField,
  /** `null`: it is plugged into something else. */
  bridge: z.string().max(32).nullable(),
});

/** A machine that the hypervisor has and that is none of ours. */
export const foreignMachine = z.strictObject({
  /** As the hypervisor knows it. */
  uuid: z.guid(),
  name: z.string().max(255),
  power: z.enum(['ON', 'OFF', 'PAUSED']),
  cpuCount: z.int().min(1),
  memoryBytes: countField,
  bootMode,
  disks: z.array(foreignDisk).max(256),
  nics: z.array(foreignNic).max(64),
  /** What of it we could not keep, as one sentence; `null`: it can be taken over. */
  obstacle: z.string().max(1000).nullable(),
});
export type ForeignMachine = z.output<typeof foreignMachine>;
/** The same as it is written down. */
export type ForeignMachineText = z.input<typeof foreignMachine>;

/** What a machine of ours that runs is made of, as the hypervisor has it now. */
export const machineDefinition = z.strictObject({
  machineId: idField('VirtualMachine'),
  /** Processors that are plugged in. */
  cpuCount: z.int().min(1),
  /** What it was started with room for; a balloon may have left the guest less. */
  memoryBytes: countField,
  disks: z.array(
    z.strictObject({
      /** `null`: the disk is none of ours. */
      volumeId: idField('Volume').nullable(),
      path: z.string(),
    }),
  ),
  nics: z.array(
    z.strictObject({
      macAddress: macField,
      /** `null`: it is plugged into something else. */
      bridge: z.string().nullable(),
    }),
  ),
  /** Path of the ISO in its drive. */
  isoPath: z.string().nullable(),
});
export type MachineDefinition = z.output<typeof machineDefinition>;

/** What somebody changed at the hypervisor. After a hello it is all that there is. */
export const inventoryChanged = z.strictObject({
  /** All machines that are none of ours; `null`: they are as they were. */
  foreignMachines: z.array(foreignMachine).nullable(),
  /** Machines of ours that run and are made otherwise than they were. */
  definitions: z.array(machineDefinition),
});
export type InventoryChanged = z.output<typeof inventoryChanged>;

export const inventoryAnswer = z.strictObject({
  /** Whether the agent is a host by now; otherwise all is to be told again in a while. */
  isTaken: z.boolean(),
  /** Machines that could not be compared now: what they are made of is to be told again with the next look. */
  tellAgain: z.array(idField('VirtualMachine')),
});
export type InventoryAnswer = z.output<typeof inventoryAnswer>;
