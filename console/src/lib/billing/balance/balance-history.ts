/** What is left at the end of a day. */
export interface DayBalance {
  /** `2026-11-29` */
  day: string;
  amount: number;
}

export interface HistoryFacts {
  /** What is left now. */
  amount: number;
  /** What was used, and stands on no day so far. */
  live: number;
  /** Days up to today, in their order. */
  days: readonly string[];
  /** What was used on each day. */
  costs: ReadonlyMap<string, number>;
  /** What came on each day, and went other than by use. */
  entries: ReadonlyMap<string, number>;
}

/**
 * What was left at the end of each day, counted back from now. Statements are left out: they only take what the days have
 * taken already.
 */
export function balanceHistory({ amount, live, days, costs, entries }: HistoryFacts): DayBalance[] {
  let left = amount;
  let isToday = true;
  const history: DayBalance[] = [];
  for (const day of [...days].reverse()) {
    history.push({ day, amount: left });
    left += (costs.get(day) ?? 0) + (isToday ? live : 0) - (entries.get(day) ?? 0);
    isToday = false;
  }
  return history.reverse();
}

const dayMs = 86_400_000;

/** Days up to one, and with it. @param last `2026-11-29` */
export function daysUpTo(last: string, count: number): string[] {
  const end = Date.parse(`${last}T00:00:00Z`);
  return Array.from({ length: count }, (_, index) =>
    new Date(end - (count - 1 - index) * dayMs).toISOString().slice(0, 10),
  );
}
