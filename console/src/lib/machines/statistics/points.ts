import type { Bytes } from '../../i18n/format.ts';

/** What a machine did at a time, as the API gives it; `null` where that cannot be said. */
export interface Point {
  at: string;
  /** 0 to 100. */
  cpuPercent: number | null;
  /** What the guest uses, where it says so. */
  memoryUsed: Bytes | null;
  /** What the host holds for it. */
  memoryHeld: Bytes | null;
  diskReadBytesPerSecond: number | null;
  diskWriteBytesPerSecond: number | null;
  networkReceivedBytesPerSecond: number | null;
  networkSentBytesPerSecond: number | null;
}

/** Memory in use: as the guest says, or else as the host sees it. */
export function memoryOf({ memoryUsed, memoryHeld }: Point): number | null {
  const memory = memoryUsed ?? memoryHeld;
  return memory === null ? null : Number(memory);
}

/** Use of its processors, 0 to 1. */
export function shareOf({ cpuPercent }: Point): number | null {
  return cpuPercent === null ? null : cpuPercent / 100;
}
