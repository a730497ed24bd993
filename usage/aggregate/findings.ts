import type { Transaction } from '@nephos/model/database.ts';
import type { UsageCheck, UsageFinding } from '@nephos/model/shapes/usage.ts';
import { sql } from 'kysely';
import { usageCatalogue } from '../usage-types.ts';
import type { Span } from './sum-up.ts';

const mostExamples = 5;

const measuredInTime = Object.values(usageCatalogue)
  .filter(({ measure }) => measure === 'TIME')
  .map(({ number }) => number);

/** Holds the events of a period, in `usage_sum`, and the records that were made of them against the rules they keep. */
export async function findWrongs(tx: Transaction, { startsAt, endsAt }: Span): Promise<UsageFinding[]> {
  const running = sql.lit(usageCatalogue.RUNNING_VM.number);
  const allocated = sql.lit(usageCatalogue.ALLOCATED_VM.number);
  const { rows } = await sql<{ check: UsageCheck; count: bigint; examples: UsageFinding['examples'] }>`
    with used as materialized (
      select "usageType", "resourceId", min("startedAt") as "since", max("endedAt") as "until", sum("quantity") as "quantity"
      from "UsageRecord"
      where "periodStartsAt" = ${startsAt} and "correctsPeriod" is null and "usageType" = any(${measuredInTime}::int[])
      group by "usageType", "resourceId"
    ), wrong as (
      select 'LONGER_THAN_PERIOD' as "check", "usageType", "resourceId", "since" as "at" from used
      where "quantity" > ${endsAt.getTime() - startsAt.getTime()}::bigint
      union all
      select 'OVERLAP', "usageType", "resourceId", "since" from used
      where "quantity" > extract(epoch from "until" - "since") * 1000
      union all
      select 'RUNNING_UNALLOCATED', ${running}, "resourceId", "runsSince"
      from (
        -- Not a join: nobody knows how many records there are of a period that is being written.
        select "resourceId",
          min("since") filter (where "usageType" = ${running}) as "runsSince", max("until") filter (where "usageType" = ${running}) as "runsUntil",
          sum("quantity") filter (where "usageType" = ${running}) as "runs",
          min("since") filter (where "usageType" = ${allocated}) as "isSince", max("until") filter (where "usageType" = ${allocated}) as "isUntil",
          sum("quantity") filter (where "usageType" = ${allocated}) as "is"
        from used where "usageType" in (${running}, ${allocated}) group by "resourceId"
      ) machine
      where "runs" is not null and ("is" is null or "runsSince" < "isSince" or "runsUntil" > "isUntil" or "runs" > "is")
    ), counted as (
      select "check", "usageType", "resourceId", "at", 1 as "times" from wrong
      union all
      select "check", usage_sum."usageType", "resourceId", "startedAt", "times"
      from usage_sum
      cross join lateral (values ('BEGAN_TWICE', "beganTwice"), ('NEVER_BEGAN', "neverBegan"), ('USED_AFTER_REMOVAL', "afterRemoval"))
        as rule("check", "times")
      join "UsageEvent" event on event."seq" = usage_sum."seq" and event."at" >= ${startsAt} and event."at" < ${endsAt}
      where "times" > 0
    )
    select "check", sum("times")::bigint as "count",
      to_jsonb((array_agg(jsonb_build_object('usageType', "usageType", 'resourceId', "resourceId", 'at', "at" at time zone 'UTC')
        order by "at", "resourceId"))[1:${sql.lit(mostExamples)}]) as "examples"
    from counted group by "check" order by "check"`.execute(tx);
  return rows.map(({ check, count, examples }) => ({
    check,
    count: Number(count),
    examples: examples.map((example) => ({ ...example, at: new Date(`${example.at}Z`).toISOString() })),
  }));
}
