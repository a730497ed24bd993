import type { CapacityTrendKind } from '@nephos/model/generated/enums.ts';
import { median } from './median.ts';

/** An amount at a moment. */
export interface AmountAt {
  at: Date;
  amount: number;
}

/** Where an amount goes. */
export interface Trend {
  kind: CapacityTrendKind;
  /** Growth in a day; 0 where nothing can be said. */
  perDay: number;
  /** First point that counted; `undefined` without points. */
  since: Date | undefined;
}

const dayMs = 86_400_000;

/** Points that are older say nothing of now. */
export const trendDays = 30;

/** Less history than this is a day's rhythm, not a trend. */
const leastDays = 2;

/** Steps of a moment are averaged away by looking at one point of each such time; it bounds the pairs, too. */
const stepMs = 6 * 3_600_000;

/** A trend that moves less than this share of the total in the whole window is none. */
const leastShare = 0.01;

/** At least so many more pairs of points must rise than fall, as a share of all: Kendall's tau. */
const leastAgreement = 0.4;

/**
 * The slope of Theil and Sen, the median of the slopes of all pairs of points: up to 29 percent of the points may be far
 * off and it stays where it is.
 * @param points oldest first
 * @param total what the amount is of: it says what counts as growth
 */
export function trendOf(points: readonly AmountAt[], total: number, now: Date): Trend {
  const from = now.getTime() - trendDays * dayMs;
  const thinned = thin(points.filter(({ at }) => at.getTime() >= from));
  const since = thinned[0]?.at;
  const last = thinned.at(-1)?.at;
  if (since === undefined || last === undefined || last.getTime() - since.getTime() < leastDays * dayMs)
    return { kind: 'TOO_SHORT', perDay: 0, since };
  const slopes = slopesOf(thinned);
  const perDay = median(slopes);
  if (Math.abs(perDay) * trendDays < leastShare * total) return { kind: 'FLAT', perDay, since };
  const agreement = slopes.reduce((sum, slope) => sum + Math.sign(slope), 0) / slopes.length;
  if (Math.abs(agreement) < leastAgreement) return { kind: 'UNSTEADY', perDay: 0, since };
  return { kind: perDay > 0 ? 'RISING' : 'FALLING', perDay, since };
}

/** The last point of each step of time. */
function thin(points: readonly AmountAt[]): AmountAt[] {
  return points.filter(
    ({ at }, index) =>
      Math.floor(at.getTime() / stepMs) !==
      Math.floor((points[index + 1]?.at.getTime() ?? Infinity) / stepMs),
  );
}

/** Growth in a day, from each point to each later one. */
function slopesOf(points: readonly AmountAt[]): number[] {
  return points.flatMap((one, index) =>
    points
      .slice(index + 1)
      .map((other) => ((other.amount - one.amount) * dayMs) / (other.at.getTime() - one.at.getTime())),
  );
}
