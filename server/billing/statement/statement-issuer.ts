import { sql } from 'kysely';
import { PlatformError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { Reconciler } from '../../platform/reconciler.ts';
import type { StatementService } from './statement-service.ts';

/** How often it looks whether a month's grace is over. */
const everySeconds = 60;

/**
 * Issues each month's statements once its grace is over and all of its usage is summed up: the first month first, one
 * job at a time, however many servers look.
 */
export function createStatementIssuer(platform: Platform, statements: StatementService): Reconciler {
  const { db, clock, settings, log } = platform;

  /** The first month that is over, long enough, summed up, and has no statements yet; none while a job is under way. */
  const findDueMonth = async (): Promise<string | undefined> => {
    const at = clock.now();
    const timeZone = settings.get('usage.aggregation.timezone');
    const graceDays = settings.get('billing.statement.grace.days');
    const { rows } = await sql<{ month: string }>`
      with closed as (
        select least(max("endsAt"), ${at}::timestamptz - make_interval(days => ${graceDays})) at time zone ${timeZone} as "until",
          min("startsAt") at time zone ${timeZone} as "since" from "UsagePeriod"),
      month as (
        select to_char("first", 'YYYY-MM') as "month"
        from closed, generate_series(date_trunc('month', "since"), "until" - interval '1 month', interval '1 month') as "first")
      select "month" from month
      where "month" not in (select "month" from "StatementMonth")
        and not exists (
          select 1 from "Job" where "kind" = 'statement.finalize' and ("status" in ('QUEUED', 'RUNNING', 'CANCELLING', 'STUCK')
            or "status" in ('FAILED', 'CANCELLED') and "finishedAt" > ${at}::timestamptz - interval '1 hour'))
      order by 1 limit 1`.execute(db);
    return rows[0]?.month;
  };

  return new Reconciler({
    name: 'statements',
    everySeconds: () => everySeconds,
    look: async () => {
      const month = await findDueMonth();
      if (month === undefined) return;
      try {
        await statements.finalize(null, { month });
      } catch (error) {
        // Another server, or somebody, was quicker.
        if (!(error instanceof PlatformError)) throw error;
      }
    },
    log,
  });
}
