import type { RunCounters } from '@nephos/agent-protocol/statistics.ts';
import type { UsageEventKind } from '@nephos/model/generated/enums.ts';

/**
 * What is counted of machines, in the order in which `MachineRun` keeps it: the counter, and the event that tells of it.
 * The order may not change.
 */
export const counted = [
  ['networkTxBytes', 'NETWORK_BYTES_SENT'],
  ['networkRxBytes', 'NETWORK_BYTES_RECEIVED'],
  ['diskReads', 'VM_DISK_IO_READ'],
  ['diskWrites', 'VM_DISK_IO_WRITE'],
  ['diskReadBytes', 'VM_DISK_BYTES_READ'],
  ['diskWriteBytes', 'VM_DISK_BYTES_WRITE'],
] as const satisfies readonly (readonly [keyof RunCounters, UsageEventKind])[];

/** PostgreSQL's text of what a run's counters say. */
export const readingsText = (run: RunCounters): string =>
  `{${counted.map(([counter]) => run[counter].toString()).join()}}`;
