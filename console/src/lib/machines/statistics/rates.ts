import type { Bytes } from '../../i18n/format.ts';

/** Counters at a moment, as the API gives them. */
export interface Sample {
  at: string;
  cpuSeconds: number;
  memory: Bytes;
  diskReadBytes: Bytes;
  diskWriteBytes: Bytes;
  networkReceivedBytes: Bytes;
  networkSentBytes: Bytes;
}

/** What went on between two samples, per second; `null` where that cannot be said. */
export interface Rates {
  /** End of the time between them, in seconds since 1970. */
  at: number;
  /** Share of all of its processors, 0 to 1. */
  cpu: number | null;
  /** Bytes. */
  memory: number;
  diskRead: number | null;
  diskWritten: number | null;
  networkReceived: number | null;
  networkSent: number | null;
}

/** Rates between one sample and the one before it. */
export function ratesBetween(before: Sample | undefined, sample: Sample, cpuCount: number): Rates {
  const at = new Date(sample.at).getTime() / 1000;
  const elapsed = before === undefined ? 0 : at - new Date(before.at).getTime() / 1000;
  // Counters begin again at 0 when the machine starts anew.
  const hasRestarted = before !== undefined && sample.cpuSeconds < before.cpuSeconds;
  const perSecond = (read: (sample: Sample) => Bytes): number | null => {
    if (before === undefined || elapsed <= 0 || hasRestarted) return null;
    return Math.max(0, Number(read(sample)) - Number(read(before))) / elapsed;
  };
  const cpu = perSecond(({ cpuSeconds }) => cpuSeconds);
  return {
    at,
    cpu: cpu === null ? null : Math.min(1, cpu / cpuCount),
    memory: Number(sample.memory),
    diskRead: perSecond(({ diskReadBytes }) => diskReadBytes),
    diskWritten: perSecond(({ diskWriteBytes }) => diskWriteBytes),
    networkReceived: perSecond(({ networkReceivedBytes }) => networkReceivedBytes),
    networkSent: perSecond(({ networkSentBytes }) => networkSentBytes),
  };
}

/** Samples as rates, oldest first. */
export function ratesOf(samples: readonly Sample[], cpuCount: number): Rates[] {
  return samples.map((sample, index) => ratesBetween(samples[index - 1], sample, cpuCount));
}

/** Adds a sample in its place; one that is there already, or older than the last, is left out. */
export function withSample(samples: readonly Sample[], sample: Sample, most: number): Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && sample.at <= last.at) return [...samples];
  return [...samples, sample].slice(-most);
}
