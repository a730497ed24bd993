import { z } from 'zod';
import { countField, idField } from './fields.ts';
import { poolReference, type MachineCounters } from './machine.ts';

/** Counters of a host since it was booted, and how it is now. */
export const hostCounters = z.strictObject({
  /** Of all its processors together: time in which they worked, and all time. */
  cpuBusyMilliseconds: countField,
  cpuTotalMilliseconds: countField,
  memoryTotalBytes: countField,
  /** Without caches that the system would give up at once. */
  memoryUsedBytes: countField,
  /** Processes that run or wait to run, on average over the last minute. */
  load: z.number().nonnegative(),
  /** Over the links that lead out of the host. */
  networkRxBytes: countField,
  networkTxBytes: countField,
});
export type HostCounters = z.output<typeof hostCounters>;

/** Far beyond what can be, and within what the database takes. */
const amount = z.number().nonnegative().max(1e18);
/** So many in a second, averaged over the time since the report before; null where that cannot be said. */
const rate = amount.nullable();

/** What a machine did since the report before. */
export const machineUsage = z.strictObject({
  machineId: idField('VirtualMachine'),
  /** Processor seconds in a second: 2 when two processors were busy all the time. */
  cpu: rate,
  memoryBytes: amount,
  memoryAssignedBytes: amount,
  memoryUsedBytes: amount.nullable(),
  diskReadBytes: rate,
  diskWriteBytes: rate,
  diskReads: rate,
  diskWrites: rate,
  networkRxBytes: rate,
  networkTxBytes: rate,
});
export type MachineUsage = z.output<typeof machineUsage>;

/** What a host did since the report before. */
export const hostUsage = z.strictObject({
  /** Share of the time of all its processors, 0 to 1. */
  cpu: z.number().min(0).max(1).nullable(),
  memoryTotalBytes: amount,
  memoryUsedBytes: amount,
  load: amount,
  networkRxBytes: rate,
  networkTxBytes: rate,
});
export type HostUsage = z.output<typeof hostUsage>;

const bigintField = countField.refine((count) => count < 2n ** 63n, 'must fit into 63 bits');

/** Space of a storage pool, as a host sees it. */
export const poolSpace = z.strictObject({
  poolId: idField('StoragePool'),
  totalBytes: bigintField,
  usedBytes: bigintField,
});
export type PoolSpace = z.output<typeof poolSpace>;

/** What a run of a machine did since its start: counters that only grow, unless one of its devices goes. */
export const runCounters = z.strictObject({
  machineId: idField('VirtualMachine'),
  runId: z.string().min(1).max(100),
  /** Grows with all that the run does, whatever becomes of its devices: the later of two readings has more. */
  cpuNanoseconds: bigintField,
  diskReadBytes: bigintField,
  diskWriteBytes: bigintField,
  diskReads: bigintField,
  diskWrites: bigintField,
  networkRxBytes: bigintField,
  networkTxBytes: bigintField,
});
export type RunCounters = z.output<typeof runCounters>;

/** What of a machine's counters is metered; `undefined` where the driver cannot tell runs apart. */
export function runCountersOf(counters: MachineCounters): RunCounters | undefined {
  const { machineId, runId, cpuNanoseconds, diskReadBytes, diskWriteBytes } = counters;
  const { diskReads, diskWrites, networkRxBytes, networkTxBytes } = counters;
  if (runId === undefined) return undefined;
  const disks = { diskReadBytes, diskWriteBytes, diskReads, diskWrites };
  return { machineId, runId, cpuNanoseconds, ...disks, networkRxBytes, networkTxBytes };
}

export const statistics = z.strictObject({
  /** How long ago it was read, by the agent's monotonic clock. */
  ageMilliseconds: z.number().nonnegative(),
  /** Every running machine, but for those that were too busy to be measured. */
  machines: z.array(machineUsage),
  /** Since 1.1: of every running machine, and the last of those that are about to be stopped, or were. */
  runs: z.array(runCounters).optional(),
  host: hostUsage,
  /** Of the pools that the answer before named, those that are there. */
  pools: z.array(poolSpace),
});
export type Statistics = z.output<typeof statistics>;

export const statisticsAnswer = z.strictObject({
  /** When the next report is due. */
  nextSeconds: z.number().positive(),
  /** Pools of this host, to be measured for the next report. */
  pools: z.array(poolReference),
});
export type StatisticsAnswer = z.output<typeof statisticsAnswer>;
