import { Cron } from 'croner';
import type { Check } from './validation.ts';

/** When something happens again and again. */
export interface Recurrence {
  /** Minute, hour, day of the month, month, day of the week: `0 7 * * MON-FRI`. */
  cron: string;
  /** IANA name of a time zone, whose days it goes by: `Asia/Shanghai`. */
  timeZone: string;
  startsAt: Date | null;
  endsAt: Date | null;
}

const parse = ({ cron, timeZone, startsAt, endsAt }: Recurrence) =>
  new Cron(cron, {
    mode: '5-part',
    timezone: timeZone,
    ...(startsAt !== null && { startAt: startsAt }),
    ...(endsAt !== null && { stopAt: endsAt }),
  });

/**
 * The first moment after `after`, or `null` when there is none any more. A time of day that a clock change leaves out
 * happens right after the change, one that it repeats happens once.
 */
export function nextRun(recurrence: Recurrence, after: Date): Date | null {
  return parse(recurrence).nextRun(after);
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** When a recurrence is looked at, and how often it may happen. */
export interface RecurrenceRule {
  now: Date;
  leastMinutesApart: number;
}

/** Notes what is wrong with a recurrence as input, and whether it has any moment left. */
export function checkRecurrence(check: Check, recurrence: Recurrence, rule: RecurrenceRule): void {
  const { cron, timeZone, startsAt, endsAt } = recurrence;
  const { now, leastMinutesApart } = rule;
  const isZone = isTimeZone(timeZone);
  check.that(isZone, 'input.timeZone', timeZone, 'must be a time zone like Asia/Shanghai or UTC');
  check.that(
    startsAt === null || endsAt === null || startsAt < endsAt,
    'input.endsAt',
    endsAt,
    'must be after startsAt',
  );
  if (!isZone) return;
  try {
    const moments = parse({ ...recurrence, startsAt: null, endsAt: null }).nextRuns(20, now);
    check.that(moments.length > 0, 'input.cron', cron, 'must happen at least once');
    check.that(
      moments.every((moment, index) => {
        const before = moments[index - 1];
        return before === undefined || moment.getTime() - before.getTime() >= leastMinutesApart * 60_000;
      }),
      'input.cron',
      cron,
      `must be at least ${leastMinutesApart} minutes apart`,
    );
  } catch {
    check.that(
      false,
      'input.cron',
      cron,
      'must be five fields (minute, hour, day, month, weekday), like 0 7 * * MON-FRI',
    );
  }
}
