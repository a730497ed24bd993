import type { CostOverview } from './cost-queries.ts';

const hourMs = 3_600_000;

/** When the server's answer came, by this page's own clock, which may be wrong: only differences count. */
export interface Received<Answer> {
  answer: Answer;
  receivedAt: number;
}

/**
 * How long ago an amount was right.
 * @param now by the same clock as `receivedAt`
 */
export function sinceAsOf(
  { answer: { at, asOf }, receivedAt }: Received<Pick<CostOverview, 'at' | 'asOf'>>,
  now: number,
): number {
  if (asOf === null) return 0;
  return Math.max(0, Date.parse(at) - Date.parse(asOf) + now - receivedAt);
}

/** An amount that grows while one looks, for people: what is billed is counted elsewhere. */
export function amountAfter(
  { amount, perHour }: { amount: string; perHour: string },
  milliseconds: number,
): number {
  return Number(amount) + (Number(perHour) * milliseconds) / hourMs;
}
