import type { MachineCounters } from './machine.ts';
import type { HostCounters, HostUsage, MachineUsage } from './statistics.ts';

/** Between two readings that are closer than this, what a counter lags behind would count for too much. */
const shortestSeconds = 0.1;
/** An average over a longer time says nothing of its end. */
const longestSeconds = 7200;

/** Says how much of something there was in a second, or null where that cannot be said. */
type Growth = (before: bigint | undefined, now: bigint) => number | null;

function growthOver(seconds: number): Growth {
  const isFit = seconds >= shortestSeconds && seconds <= longestSeconds;
  return (before, now) => {
    // A counter that fell began anew: with the machine, or because one of its devices went.
    if (!isFit || before === undefined || now < before) return null;
    return Number(now - before) / seconds;
  };
}

/**
 * What a machine did between two readings of its counters.
 *
 * @param before absent: this is the first reading
 * @param seconds between the two, by a clock that nobody sets
 */
export function machineUsageBetween(
  before: MachineCounters | undefined,
  now: MachineCounters,
  seconds: number,
): MachineUsage {
  const hasRestarted = before !== undefined && now.cpuNanoseconds < before.cpuNanoseconds;
  const base = hasRestarted ? undefined : before;
  const growth = growthOver(seconds);
  const cpu = growth(base?.cpuNanoseconds, now.cpuNanoseconds);
  return {
    machineId: now.machineId,
    cpu: cpu === null ? null : cpu / 1e9,
    memoryBytes: Number(now.memoryBytes),
    memoryAssignedBytes: Number(now.memoryAssignedBytes),
    memoryUsedBytes: now.memoryUsedBytes === null ? null : Number(now.memoryUsedBytes),
    diskReadBytes: growth(base?.diskReadBytes, now.diskReadBytes),
    diskWriteBytes: growth(base?.diskWriteBytes, now.diskWriteBytes),
    diskReads: growth(base?.diskReads, now.diskReads),
    diskWrites: growth(base?.diskWrites, now.diskWrites),
    networkRxBytes: growth(base?.networkRxBytes, now.networkRxBytes),
    networkTxBytes: growth(base?.networkTxBytes, now.networkTxBytes),
  };
}

/** What a host did between two readings of its counters; see {@link machineUsageBetween}. */
export function hostUsageBetween(
  before: HostCounters | undefined,
  now: HostCounters,
  seconds: number,
): HostUsage {
  const hasBooted = before !== undefined && now.cpuTotalMilliseconds < before.cpuTotalMilliseconds;
  const base = hasBooted ? undefined : before;
  const growth = growthOver(seconds);
  const busy = growth(base?.cpuBusyMilliseconds, now.cpuBusyMilliseconds);
  const total = growth(base?.cpuTotalMilliseconds, now.cpuTotalMilliseconds);
  return {
    cpu: busy === null || !total ? null : Math.min(1, busy / total),
    memoryTotalBytes: Number(now.memoryTotalBytes),
    memoryUsedBytes: Number(now.memoryUsedBytes),
    load: now.load,
    networkRxBytes: growth(base?.networkRxBytes, now.networkRxBytes),
    networkTxBytes: growth(base?.networkTxBytes, now.networkTxBytes),
  };
}
