interface DayAmount {
  /** `2026-11-29`. */
  day: string;
  amount: number;
}

const dayMs = 86_400_000;
const recentDays = 7;

/**
 * What something will have cost at the end of the month, when it goes on costing what it did on the last whole days, seven
 * at most; with none yet, as it did since it began to cost.
 *
 * @param at up to when costs are known
 * @param today the day that `at` is in, where the billing clocks are
 */
export function monthForecast(
  days: readonly DayAmount[],
  { at, today, endsAt }: { at: Date; today: string; endsAt: Date },
): number {
  const soFar = days.reduce((sum, { amount }) => sum + amount, 0);
  const whole = days
    .filter(({ day }) => day < today)
    .sort((one, other) => (one.day < other.day ? 1 : -1))
    .slice(0, recentDays);
  // A day on which it did not exist, or cost nothing, is no day of what goes on.
  const known = whole.length > 0 ? whole : days;
  if (known.length === 0) return soFar;
  const perDay = known.reduce((sum, { amount }) => sum + amount, 0) / known.length;
  const daysLeft = Math.max(0, endsAt.getTime() - at.getTime()) / dayMs;
  return soFar + perDay * daysLeft;
}
