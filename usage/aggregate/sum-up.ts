import type { Transaction } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { allMeanings, effects } from './event-meanings.ts';
import type { Span } from './span.ts';
import { shapeOf, thingOf } from './use-keys.ts';

const { BEGINS, ANEW, ENDS, REMOVED, COUNTED } = Object.fromEntries(
  Object.entries(effects).map(([name, number]) => [name, sql.lit(number)]),
) as Record<keyof typeof effects, ReturnType<typeof sql.lit>>;

/**
 * Makes the table `usage_sum` of this transaction: a row for each use and shape of it (`shape` is null for the time in which
 * it was off), with its first and last moment, its `quantity`, the last event of it (`seq`; 0 where it only went on from
 * before), whether the period ends with it (`isLast`), and what is wrong with its events.
 *
 * Events are read once. What is sorted are narrow rows; what goes into records is looked up afterwards, by `seq`.
 */
export async function sumUp(tx: Transaction, { startsAt, endsAt, seq }: Span): Promise<void> {
  await sql`
    create temp table usage_sum on commit drop as
    select "thing", "usageType", "shape",
      min("at") as "startedAt",
      max(case when "effect" = ${COUNTED} then "at" else coalesce("until", ${endsAt}::timestamptz) end) as "endedAt",
      coalesce(sum("quantity")::bigint,
        (extract(epoch from sum(coalesce("until", ${endsAt}::timestamptz) - "at")) * 1000)::bigint) as "quantity",
      max("seq") as "seq",
      bool_or("until" is null and "effect" < ${COUNTED}) as "isLast",
      count(*) filter (where "seq" > 0)::int as "events",
      count(*) filter (where "effect" = ${BEGINS} and "before" <= ${ANEW})::int as "beganTwice",
      count(*) filter (where "effect" between ${ANEW} and ${REMOVED} and ("before" is null or "before" >= ${ENDS}))::int as "neverBegan",
      count(*) filter (where "effect" <= ${ANEW} and "before" = ${REMOVED})::int as "afterRemoval",
      bool_or("effect" <= ${ANEW} and "before" is null and "seq" > 0) as "isFirst"
    from (
      select *, lead("at") over timeline as "until", lag("effect") over timeline as "before"
      from (
        select ${thingOf('event')} as "thing", meaning."usageType", meaning."effect", event."at", event."seq",
          case when meaning."effect" <= ${ANEW} then ${shapeOf('event')}
            when meaning."effect" = ${COUNTED} then ${shapeOf('event', sql`event."attributes" - 'quantity'`)} end as "shape",
          case when meaning."effect" = ${COUNTED} then (event."attributes"->>'quantity')::bigint end as "quantity"
        from "UsageEvent" event join ${allMeanings} on meaning."kind" = event."kind"
        where event."at" >= ${startsAt} and event."at" < ${endsAt} and event."seq" <= ${seq}
        union all
        select ${thingOf('open')}, open."usageType"::smallint, ${BEGINS}::smallint, ${startsAt}::timestamptz, 0::bigint, ${shapeOf('open')}, null::bigint
        from "OpenUse" open
      ) narrow
      window timeline as (partition by "thing", "usageType" order by "at", "seq")
    ) step
    group by "thing", "usageType", "shape"`.execute(tx);
  await sql`analyze usage_sum`.execute(tx);
}

/**
 * Makes the table `usage_told` of this transaction: the events that `usage_sum` points at, few of many. Each is looked up by
 * its number: to join, the planner would put all events of the period into memory.
 */
export async function lookUpEvents(tx: Transaction, { startsAt, endsAt }: Span): Promise<void> {
  await sql`select set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`.execute(
    tx,
  );
  await sql`
    create temp table usage_told on commit drop as
    select event."seq", event."accountId", event."domainId", event."zoneId", event."resourceId", event."resourceName", event."attributes"
    from usage_sum join "UsageEvent" event on event."seq" = usage_sum."seq" and event."at" >= ${startsAt} and event."at" < ${endsAt}
    where usage_sum."seq" > 0 and usage_sum."shape" is not null`.execute(tx);
  await sql`select set_config('enable_hashjoin', 'on', true), set_config('enable_mergejoin', 'on', true)`.execute(
    tx,
  );
  await sql`analyze usage_told ("seq")`.execute(tx);
}
