import { wallTimeAt } from '@nephos/model/kernel/wall-clock.ts';

/** What one day cost, in 10^-12 of a currency. */
export interface DayCost {
  /** Uses that last: machines, disks. */
  timed: bigint;
  /** What was counted: traffic, requests. */
  counted: bigint;
}

/** What a forecast is made of; amounts are in 10^-12 of a currency. */
export interface ForecastFacts {
  /** What was spent in the month, up to `asOf`. */
  amount: bigint;
  asOf: Date;
  monthEndsAt: Date;
  timeZone: string;
  /** What goes on costs this much for an hour; `null`: nobody knows, and days before say what it is. */
  perHour: bigint | null;
  /** By date: `2026-11-29`. Days on which nothing was used are left out. */
  days: ReadonlyMap<string, DayCost>;
  /** The last day of which all is known. */
  lastDay: string | undefined;
}

const hourMs = 3_600_000n;
const dayMs = 86_400_000;
const minutesOfDay = 1440n;
/** Whole weeks, so that each weekday stands in them as often as the others. */
const mostWeeks = 4;
const leastWeeks = 2;
const recentDays = 7;

/**
 * What a month will have cost at its end:
 * - what was spent so far;
 * - what goes on now goes on: its price for an hour, times the hours that are left. Of what is not known live, the mean
 *   of the last seven days stands for it;
 * - weekdays differ: with two to four whole weeks of days before, each day that is left adds what days of its weekday cost
 *   more, or less, than the mean day. What is off at weekends costs less then;
 * - traffic and requests, of which nothing goes on, come as they did: the mean of the last seven days for each day left.
 *
 * Of today there is what is left of it. It is never less than what was spent.
 */
export function forecastMonth(facts: ForecastFacts): bigint {
  const { amount, asOf, monthEndsAt, perHour } = facts;
  if (asOf >= monthEndsAt) return amount;
  const known = knownDays(facts);
  const goingOn =
    perHour === null
      ? daysLeft(facts).reduce((sum, { minutes }) => sum + share(recentMean(known, 'timed'), minutes), 0n)
      : (perHour * BigInt(monthEndsAt.getTime() - asOf.getTime())) / hourMs;
  const counted = recentMean(known, 'counted');
  const deviations = weekdayDeviations(known);
  const more = daysLeft(facts).reduce(
    (sum, { day, minutes }) => sum + share(counted + (deviations.get(weekdayOf(day)) ?? 0n), minutes),
    goingOn,
  );
  return more > 0n ? amount + more : amount;
}

interface KnownDay extends DayCost {
  day: string;
}

/** The date some days later. */
export function dateAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10);
}

const weekdayOf = (day: string) => new Date(day).getUTCDay();

const share = (ofDay: bigint, minutes: number) => (ofDay * BigInt(minutes)) / minutesOfDay;

/** Days before, without gaps, the last first: from the first on which anything was used. */
function knownDays({ days, lastDay }: ForecastFacts): KnownDay[] {
  if (lastDay === undefined || days.size === 0) return [];
  const first = [...days.keys()].reduce((a, b) => (a < b ? a : b));
  const known: KnownDay[] = [];
  for (let day = lastDay; day >= first && known.length < mostWeeks * 7; day = dateAfter(day, -1))
    known.push({ day, timed: 0n, counted: 0n, ...days.get(day) });
  return known;
}

/** What is left of the month, day by day. */
function daysLeft({ asOf, monthEndsAt, timeZone }: ForecastFacts): { day: string; minutes: number }[] {
  const { date, minutes } = wallTimeAt(asOf, timeZone);
  const last = wallTimeAt(new Date(monthEndsAt.getTime() - 1), timeZone).date;
  const left = [{ day: date, minutes: Number(minutesOfDay) - minutes }];
  for (let day = dateAfter(date, 1); day <= last; day = dateAfter(day, 1))
    left.push({ day, minutes: Number(minutesOfDay) });
  return left;
}

function recentMean(known: readonly KnownDay[], of: keyof DayCost): bigint {
  return mean(known.slice(0, recentDays).map((day) => day[of]));
}

function mean(amounts: readonly bigint[]): bigint {
  return amounts.length === 0 ? 0n : amounts.reduce((sum, each) => sum + each, 0n) / BigInt(amounts.length);
}

/** What days of a weekday cost more than the mean day; none where fewer than two weeks are known. */
function weekdayDeviations(known: readonly KnownDay[]): Map<number, bigint> {
  const weeks = Math.floor(known.length / 7);
  if (weeks < leastWeeks) return new Map();
  const whole = known.slice(0, weeks * 7);
  const all = mean(whole.map(({ timed }) => timed));
  const byWeekday = Map.groupBy(whole, ({ day }) => weekdayOf(day));
  return new Map(
    [...byWeekday].map(([weekday, days]) => [weekday, mean(days.map(({ timed }) => timed)) - all]),
  );
}
