import { wallTimeAt, type WallTime } from '@nephos/model/kernel/wall-clock.ts';

/** How time is cut into periods. */
export interface PeriodRule {
  /** How long a period is by the clock on the wall; divides a day. */
  rangeMinutes: number;
  timeZone: string;
}

const minuteMs = 60_000;
/** Clocks differ from UTC, and are put forward or back, by multiples of this: the time zone database knows no other today. */
const quarterMinutes = 15;
const hourMinutes = 60;
/** The longest day there is, with something to spare. */
const longestDayMs = 27 * hourMinutes * minuteMs;

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);

/** Moments at which a period may end lie at multiples of this. */
const stepOf = ({ rangeMinutes }: PeriodRule) =>
  greatestCommonDivisor(rangeMinutes, quarterMinutes) * minuteMs;

const slotOf = ({ date, minutes }: WallTime, { rangeMinutes }: PeriodRule) =>
  `${date}/${Math.floor(minutes / rangeMinutes)}`;

/**
 * Whether a period ends at a moment: clocks then show a multiple of the range that they did not show the minute before, or
 * another day. An hour that clocks show twice is twice a period of an hour, and makes a longer one an hour longer.
 */
function isBoundary(at: number, rule: PeriodRule): boolean {
  const now = wallTimeAt(new Date(at), rule.timeZone);
  const before = wallTimeAt(new Date(at - minuteMs), rule.timeZone);
  if (rule.rangeMinutes <= hourMinutes && now.minutes % rule.rangeMinutes === 0) return true;
  // Clocks that are put back come to nothing new.
  const goesOn = now.date > before.date || (now.date === before.date && now.minutes > before.minutes);
  return goesOn && slotOf(now, rule) !== slotOf(before, rule);
}

/** The first moment after another at which a period ends. */
export function nextBoundary(after: Date, rule: PeriodRule): Date {
  const step = stepOf(rule);
  const first = Math.floor(after.getTime() / step) * step + step;
  for (let at = first; at <= first + longestDayMs; at += step) if (isBoundary(at, rule)) return new Date(at);
  throw new Error(`no period of ${rule.rangeMinutes} minutes ends after ${after.toISOString()}`);
}

/** The last moment, up to another and with it, at which a period ends. */
export function lastBoundary(until: Date, rule: PeriodRule): Date {
  const step = stepOf(rule);
  const first = Math.floor(until.getTime() / step) * step;
  for (let at = first; at >= first - longestDayMs; at -= step) if (isBoundary(at, rule)) return new Date(at);
  throw new Error(`no period of ${rule.rangeMinutes} minutes ends before ${until.toISOString()}`);
}
