import { sql } from 'kysely';
import { moment, type AlertCondition } from './condition.ts';

/** The usage daemon looks once a minute, and less often where that takes long. */
const overdueMs = 3_600_000;

/** What can be wrong with the summing up of usage. Nothing is lost by it, but nobody knows what things cost. */
export const usageConditions: readonly AlertCondition[] = [
  {
    kind: 'USAGE_OVERDUE',
    targetKind: 'Usage',
    query: ({ at }) => sql`
      select 'usage', 'usage', null, false, 'CRITICAL', jsonb_build_object('since', ${moment(sql`done."until"`)})
      from (
        select coalesce("asOf", (select "at" from "UsageEvent" order by "seq" limit 1)) as "until" from "LiveCostRun"
      ) as done
      where done."until" < ${new Date(at.getTime() - overdueMs)}`,
  },
];
