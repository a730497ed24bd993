import type { CapacityHistory } from './history-query.ts';

/** What is drawn: moments, and of each line a value for every moment. */
export interface HistoryLines {
  /** Seconds since 1970. */
  times: number[];
  amount: (number | null)[];
  total: (number | null)[];
  threshold: (number | null)[];
  trend: (number | null)[];
}

const daySeconds = 86_400;

/** A trend is drawn at most this many days ahead, and no further than the history reaches back. */
const mostAhead = 90;

/** The history as lines, and its trend continued into the days that come. */
export function historyLines({ points, forecast }: CapacityHistory): HistoryLines {
  const times = points.map(({ at }) => new Date(at).getTime() / 1000);
  const last = times.at(-1);
  const amounts = points.map(({ amount }) => amount);
  const share = (forecast?.thresholdPercent ?? 100) / 100;
  const totals = points.map(({ total }) => total);
  const ahead = last === undefined ? [] : timesAhead(times, forecast?.perDay ?? null);
  const continued = (value: number | undefined) => ahead.map(() => value ?? null);
  const from = amounts.at(-1) ?? 0;
  const perSecond = (forecast?.perDay ?? 0) / daySeconds;
  return {
    times: [...times, ...ahead],
    amount: [...amounts, ...ahead.map(() => null)],
    total: [...totals, ...continued(totals.at(-1))],
    threshold: [...totals.map((total) => total * share), ...continued((totals.at(-1) ?? 0) * share)],
    trend: [
      ...amounts.map((amount, index) => (ahead.length > 0 && index === amounts.length - 1 ? amount : null)),
      ...ahead.map((time) => Math.max(0, from + perSecond * (time - (last ?? time)))),
    ],
  };
}

/** A moment for each day that comes. */
function timesAhead(times: readonly number[], perDay: number | null): number[] {
  const [first, last] = [times[0], times.at(-1)];
  if (perDay === null || first === undefined || last === undefined) return [];
  const days = Math.min(mostAhead, Math.max(1, Math.round((last - first) / daySeconds)));
  return Array.from({ length: days }, (_, index) => last + (index + 1) * daySeconds);
}
