import type { Transaction } from '@nephos/model/database.ts';
import type { UsageCheck, UsageFinding } from '@nephos/model/shapes/usage.ts';
import { sql } from 'kysely';
import { usageCatalogue } from '../usage-types.ts';
import { allMeanings, removingMeanings } from './event-meanings.ts';
import type { Span } from './span.ts';
import { thingOf } from './use-keys.ts';

const mostExamples = 5;

const measuredInTime = Object.values(usageCatalogue)
  .filter(({ measure }) => measure === 'TIME')
  .map(({ number }) => number);

/** Holds the uses of a period, in `usage_sum`, and the events that they were made of against the rules they keep. */
export async function findWrongs(tx: Transaction, span: Span): Promise<UsageFinding[]> {
  const { rows } = await sql<{ check: UsageCheck; count: bigint; examples: UsageFinding['examples'] }>`
    with wrong as (${wrongUses(span)} union all ${wrongEvents} union all ${usedAgain(span)} union all ${tooLate(span)}),
    counted as (
      select *, sum("times") over (partition by "check") as "count",
        row_number() over (partition by "check" order by "at", "thing") as "place"
      from wrong
    )
    select "check", "count"::bigint as "count",
      jsonb_agg(jsonb_build_object('usageType', "usageType", 'resourceId', ${resourceOf}, 'at', "at" at time zone 'UTC')
        order by "place") as "examples"
    from counted where "place" <= ${sql.lit(mostExamples)} group by "check", "count" order by "check"`.execute(
    tx,
  );
  return rows.map(({ check, count, examples }) => ({
    check,
    count: Number(count),
    examples: examples.map((example) => ({ ...example, at: new Date(`${example.at}Z`).toISOString() })),
  }));
}

/** What a few numbers stand for: the last event says it, or what went on without any. */
const resourceOf = sql`coalesce(
  (select event."resourceId" from "UsageEvent" event where event."seq" = counted."seq" limit 1),
  (select open."resourceId" from "OpenUse" open where ${thingOf('open')} = counted."thing" limit 1))`;

/** Uses that were longer than they can have been. */
function wrongUses({ startsAt, endsAt }: Span) {
  const running = sql.lit(usageCatalogue.RUNNING_VM.number);
  const allocated = sql.lit(usageCatalogue.ALLOCATED_VM.number);
  return sql`(
    with used as materialized (
      select "thing", "usageType", min("startedAt") as "since", max("endedAt") as "until", sum("quantity") as "quantity",
        max("seq") as "seq"
      from usage_sum
      where "shape" is not null and "quantity" > 0 and "usageType" = any(${measuredInTime}::int[])
      group by "thing", "usageType"
    )
    select 'LONGER_THAN_PERIOD' as "check", "usageType"::int, "thing", "seq", "since" as "at", 1 as "times" from used
    where "quantity" > ${endsAt.getTime() - startsAt.getTime()}::bigint
    union all
    select 'OVERLAP', "usageType", "thing", "seq", "since", 1 from used
    where "quantity" > extract(epoch from "until" - "since") * 1000
    union all
    select 'RUNNING_UNALLOCATED', ${running}, "thing", run."seq", run."since", 1
    from used run left join (select * from used where "usageType" = ${allocated}) allocated using ("thing")
    where run."usageType" = ${running}
      and (allocated."quantity" is null or run."quantity" > allocated."quantity"
        or run."since" < allocated."since" or run."until" > allocated."until"))`;
}

/** Events that do not follow from those before them. */
const wrongEvents = sql`
  select "check", "usageType", "thing", "seq", "startedAt", "times"
  from usage_sum
  cross join lateral (values ('BEGAN_TWICE', "beganTwice"), ('NEVER_BEGAN', "neverBegan"), ('USED_AFTER_REMOVAL', "afterRemoval"))
    as rule("check", "times")
  where "times" > 0`;

/**
 * What began in the period, and was removed before it. Each is looked up by index, which is a subquery's limit's doing: a
 * join would read all events there are.
 */
const usedAgain = ({ startsAt, seq }: Span) => sql`
  select 'USED_AFTER_REMOVAL', first."usageType", first."thing", first."seq", first."startedAt", 1
  from usage_sum first
  where first."isFirst" and first."usageType" in (select "usageType" from ${removingMeanings}) and (
    select removed."seq"
    from "UsageEvent" event
    join "UsageEvent" removed on removed."resourceId" = event."resourceId" and removed."zoneId" = event."zoneId"
      and removed."at" < ${startsAt} and removed."seq" <= ${seq}
    join ${removingMeanings} on meaning."kind" = removed."kind" and meaning."usageType" = first."usageType"
    where event."seq" = first."seq" and event."at" >= ${startsAt} limit 1
  ) is not null`;

/** What was told when events of its time were not kept any more. */
const tooLate = ({ known, seq, keptFrom }: Span) => sql`
  select 'TOO_LATE', meaning."usageType", ${thingOf('event')}, event."seq", event."at", 1
  from "UsageEvent" event join ${allMeanings} on meaning."kind" = event."kind"
  where event."seq" > ${known} and event."seq" <= ${seq} and event."at" < ${keptFrom}`;
