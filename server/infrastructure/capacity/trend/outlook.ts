import type { CapacityTrendKind } from '@nephos/model/generated/enums.ts';

/** What becomes of something that fills up. */
export type OutlookKind = 'FULL' | 'FILLING' | 'SLOW' | 'FLAT' | 'FALLING' | 'UNSTEADY' | 'TOO_SHORT';

/** When something is full, if it goes on as it did. */
export interface Outlook {
  kind: OutlookKind;
  /** When it reaches the threshold; now when it has. `null` where that cannot be said, or is too far away. */
  thresholdAt: Date | null;
  /** When nothing is left. */
  fullAt: Date | null;
}

export interface Fullness {
  amount: number;
  total: number;
  thresholdPercent: number;
}

const dayMs = 86_400_000;

/** Nobody buys hardware earlier than this, and no trend holds as long. */
export const horizonDays = 1095;

/**
 * Continues a trend from what is used now.
 * @param trend of the amount; absent where nothing was written down yet
 */
export function outlookOf(
  { amount, total, thresholdPercent }: Fullness,
  trend: { kind: CapacityTrendKind; perDay: number } | undefined,
  now: Date,
): Outlook {
  const kind = trend?.kind ?? 'TOO_SHORT';
  const reaches = (limit: number): Date | null => {
    if (total > 0 && amount >= limit) return now;
    if (kind !== 'RISING' || trend === undefined || total <= 0) return null;
    const days = (limit - amount) / trend.perDay;
    return days > horizonDays ? null : new Date(now.getTime() + days * dayMs);
  };
  const thresholdAt = reaches((total * thresholdPercent) / 100);
  const fullAt = reaches(total);
  if (total > 0 && amount >= total) return { kind: 'FULL', thresholdAt, fullAt };
  if (kind !== 'RISING') return { kind, thresholdAt, fullAt };
  return { kind: fullAt === null ? 'SLOW' : 'FILLING', thresholdAt, fullAt };
}

/** Whole days from now until a moment, at least 0. */
export function daysUntil(at: Date | null, now: Date): number | null {
  return at === null ? null : Math.max(0, Math.floor((at.getTime() - now.getTime()) / dayMs));
}
