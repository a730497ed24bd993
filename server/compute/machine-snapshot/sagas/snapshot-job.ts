import { diskSpec } from '@nephos/agent-protocol/machine.ts';
import { idField } from '@nephos/agent-protocol/fields.ts';
import { z } from 'zod';

/** What every job on a snapshot is told. */
export const snapshotJob = z.object({
  machineId: idField('VirtualMachine'),
  snapshotId: idField('VirtualMachineSnapshot'),
  /** Of the host that the machine is on, or of one that reaches its disks. */
  agentId: idField('Agent'),
  /** Of the machine, for its host's log. */
  name: z.string(),
  disks: z.array(diskSpec),
});

/** As the agent takes it. */
export const referenceOf = ({ machineId, snapshotId, name, disks }: z.output<typeof snapshotJob>) => ({
  machineId,
  snapshotId,
  name,
  disks,
});
