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

/** Adds a point in its place; one that is there already, or older than the last, is left out. */
export function withPoint(points: readonly Point[], point: Point, most: number): Point[] {
  const last = points.at(-1);
  if (last !== undefined && point.at <= last.at) return [...points];
  return [...points, point].slice(-most);
}
