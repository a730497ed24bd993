import type { CostShare } from './cost-queries.ts';

/** One colour of the bars. */
export interface CostSeries {
  key: string;
  label: string;
  /** Name of the colour in the style sheet. */
  colour: string;
}

/** A day: from the bottom up, what each series cost. */
export interface CostBar {
  day: string;
  parts: { key: string; amount: number }[];
  total: number;
}

const colours = [1, 2, 3, 4, 5, 6, 7].map((number) => `--chart-${number}`);
const restColour = '--chart-rest';
const restKey = 'rest';

/** What one series of many is called by. */
export const seriesKey = ({ key, isRest }: CostShare) => (isRest ? restKey : `=${key ?? ''}`);

/** Days of a month, and what they cost, by its most expensive shares; the smaller ones are one. */
export function costBars(
  shares: readonly CostShare[],
  { days, labelOf, restLabel }: { days: string[]; labelOf: (share: CostShare) => string; restLabel: string },
): { series: CostSeries[]; bars: CostBar[] } {
  const named = shares.filter(({ isRest }) => !isRest).slice(0, colours.length);
  const others = shares.filter((share) => !named.includes(share));
  const series = named.map((share, index) => ({
    key: seriesKey(share),
    label: labelOf(share),
    colour: colours[index] ?? restColour,
  }));
  if (others.length > 0) series.push({ key: restKey, label: restLabel, colour: restColour });
  const onDay = (some: readonly CostShare[], day: string) =>
    some.reduce((sum, share) => sum + Number(share.days.find((each) => each.day === day)?.amount ?? 0), 0);
  const bars = days.map((day) => {
    const parts = [
      ...named.map((share) => ({ key: seriesKey(share), amount: onDay([share], day) })),
      ...(others.length > 0 ? [{ key: restKey, amount: onDay(others, day) }] : []),
    ];
    return { day, parts, total: parts.reduce((sum, { amount }) => sum + amount, 0) };
  });
  return { series, bars };
}

/** What shares cost that is on no day yet: used since the last period ended. */
export function notOnDays(shares: readonly CostShare[]): number {
  const rest = shares.reduce(
    (sum, { amount, days }) => sum + Number(amount) - days.reduce((all, day) => all + Number(day.amount), 0),
    0,
  );
  return Math.max(0, rest);
}

/** Every day of a month: `2026-11`. */
export function daysOfMonth(month: string): string[] {
  const [year = 0, number = 1] = month.split('-').map(Number);
  const count = new Date(Date.UTC(year, number, 0)).getUTCDate();
  return Array.from({ length: count }, (_, index) => `${month}-${String(index + 1).padStart(2, '0')}`);
}

/** The months up to one, the last first. */
export function monthsUpTo(month: string, count: number): string[] {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return Array.from({ length: count }, (_, index) =>
    new Date(Date.UTC(year, number - 1 - index, 1)).toISOString().slice(0, 7),
  );
}
