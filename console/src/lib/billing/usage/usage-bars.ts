import { amountOf, type Measure } from './measures.ts';
import type { UsageSum } from './usage-sum-queries.ts';

/** A group over all days of a stretch. */
export interface UsageGroup {
  key: string;
  label: string;
  /** Name of the colour in the style sheet. */
  colour: string;
  amount: number;
  /** One of its sums, which says what it is. */
  sample: UsageSum;
}

/** A day, with what each group used. */
export interface UsageBar {
  day: string;
  parts: { key: string; amount: number }[];
}

/** Groups that have a colour of their own. */
export const mostGroups = 7;
const restColour = '--chart-rest';

/** What tells a group from others. */
export const groupKey = ({ isRest, resourceId, tagValue, accountId, zoneId }: UsageSum): string =>
  isRest ? 'rest' : `=${[resourceId, tagValue, accountId, zoneId].map((part) => part ?? '').join(' ')}`;

/** Sums by day as groups, the largest first and the rest last, and as bars of every day. */
export function usageBars(
  sums: readonly UsageSum[],
  options: { days: readonly string[]; measure: Measure; labelOf: (sum: UsageSum) => string },
): { groups: UsageGroup[]; bars: UsageBar[] } {
  const { days, measure, labelOf } = options;
  const byKey = Map.groupBy(sums, groupKey);
  const totals = [...byKey].map(([key, own]) => ({
    key,
    own,
    amount: own.reduce((total, sum) => total + amountOf(measure, sum), 0),
  }));
  totals.sort((one, other) => rank(one.key) - rank(other.key) || other.amount - one.amount);
  const groups = totals.flatMap(({ key, own: [sample], amount }, index): UsageGroup[] =>
    sample === undefined
      ? []
      : [{ key, label: labelOf(sample), colour: colourAt(key, index), amount, sample }],
  );
  const bars = days.map((day) => ({
    day,
    parts: totals.map(({ key, own }) => ({
      key,
      amount: own.filter((sum) => sum.day === day).reduce((total, sum) => total + amountOf(measure, sum), 0),
    })),
  }));
  return { groups, bars };
}

const rank = (key: string) => (key === 'rest' ? 1 : 0);
const colourAt = (key: string, index: number) =>
  key === 'rest' || index >= mostGroups ? restColour : `--chart-${index + 1}`;
