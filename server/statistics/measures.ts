import type { HostUsage, MachineUsage } from '@nephos/agent-protocol/statistics.ts';

/**
 * What is kept of each kind of thing, in the order in which it is stored. A new measure goes to the end: samples that
 * were stored before have none, and are read as if nothing could be said.
 */
export const measures = {
  VirtualMachine: [
    /** Of all its processors together, 0 to 100. */
    'cpuPercent',
    'memoryAssigned',
    'memoryUsed',
    'memoryHeld',
    // From here on per second.
    'diskReadBytes',
    'diskWriteBytes',
    'diskReads',
    'diskWrites',
    'networkReceivedBytes',
    'networkSentBytes',
  ],
  Host: [
    'cpuPercent',
    'memoryUsed',
    'memoryTotal',
    'load',
    // Per second.
    'networkReceivedBytes',
    'networkSentBytes',
  ],
  StoragePool: ['used', 'total'],
} as const;

export type MeasuredKind = keyof typeof measures;
/** A sample as it is stored. */
export type Values = readonly (number | null)[];
/** A sample by name; null where nothing can be said. */
export type Measured<Kind extends MeasuredKind> = Record<(typeof measures)[Kind][number], number | null>;
/** What was measured of a thing at a moment, or on average from a moment on. */
export type Point<Kind extends MeasuredKind> = { at: Date } & Measured<Kind>;

export function pointOf<Kind extends MeasuredKind>(kind: Kind, at: Date, values: Values): Point<Kind> {
  const entries = measures[kind].map((name, index) => [name, values[index] ?? null] as const);
  return { at, ...(Object.fromEntries(entries) as Measured<Kind>) };
}

export function valuesOf<Kind extends MeasuredKind>(kind: Kind, measured: Measured<Kind>): Values {
  return measures[kind].map((name) => (measured as Record<string, number | null>)[name] ?? null);
}

/** What an agent said of a machine. */
export function machineMeasured(usage: MachineUsage, cpuCount: number): Measured<'VirtualMachine'> {
  return {
    cpuPercent: usage.cpu === null ? null : Math.min(100, (usage.cpu / cpuCount) * 100),
    memoryAssigned: usage.memoryAssignedBytes,
    memoryUsed: usage.memoryUsedBytes,
    memoryHeld: usage.memoryBytes,
    diskReadBytes: usage.diskReadBytes,
    diskWriteBytes: usage.diskWriteBytes,
    diskReads: usage.diskReads,
    diskWrites: usage.diskWrites,
    networkReceivedBytes: usage.networkRxBytes,
    networkSentBytes: usage.networkTxBytes,
  };
}

/** What an agent said of its host. */
export function hostMeasured(usage: HostUsage): Measured<'Host'> {
  return {
    cpuPercent: usage.cpu === null ? null : usage.cpu * 100,
    memoryUsed: usage.memoryUsedBytes,
    memoryTotal: usage.memoryTotalBytes,
    load: usage.load,
    networkReceivedBytes: usage.networkRxBytes,
    networkSentBytes: usage.networkTxBytes,
  };
}
