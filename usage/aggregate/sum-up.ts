import type { Transaction } from '@nephos/model/database.ts';
import { sql, type RawBuilder } from 'kysely';
import { countingMeanings, effects, switchingMeanings } from './event-meanings.ts';

/** Which events count: of this time, as far as they were known at a watermark. */
export interface Span {
  startsAt: Date;
  endsAt: Date;
  seq: bigint;
}

/**
 * A number for a use, to sort and group by in place of thirty letters. Two of a hundred thousand uses share one in one of
 * a billion periods.
 */
export const useOf = (table: string, usageType = sql.ref(`${table}.usageType`)): RawBuilder<bigint> =>
  sql<bigint>`hashtextextended(${sql.ref(`${table}.resourceId`)}, ${usageType})`;

/** A number for an owner, a place and attributes, to group by. */
export const shapeOf = (table: string, attributes = sql.ref(`${table}.attributes`)) =>
  sql<bigint>`nephos_usage_shape(${sql.ref(`${table}.accountId`)}, ${sql.ref(`${table}.domainId`)}, ${sql.ref(`${table}.zoneId`)}, ${attributes})`;

/**
 * Makes the table `usage_sum` of this transaction: a row for each use and shape of it (`shape` is null for the time in which
 * it was off), with its first and last moment, its `quantity`, the last event of it (`seq`; 0 where it only went on from
 * before), whether the period ends with it (`isLast`), and what is wrong with its events.
 *
 * What is sorted are narrow rows; what goes into records is looked up afterwards, by `seq`.
 */
export async function sumUp(tx: Transaction, span: Span): Promise<void> {
  const { startsAt, endsAt, seq } = span;
  await sql`
    create temp table usage_sum on commit drop as
    select "use", "usageType", "shape",
      min("at") as "startedAt",
      max(coalesce("until", ${endsAt}::timestamptz)) as "endedAt",
      (extract(epoch from sum(coalesce("until", ${endsAt}::timestamptz) - "at")) * 1000)::bigint as "quantity",
      max("seq") as "seq",
      bool_or("until" is null) as "isLast",
      count(*) filter (where "seq" > 0)::int as "events",
      count(*) filter (where "effect" = ${sql.lit(effects.BEGINS)} and "before" <= ${sql.lit(effects.ANEW)})::int as "beganTwice",
      count(*) filter (where "effect" > ${sql.lit(effects.BEGINS)} and ("before" is null or "before" >= ${sql.lit(effects.ENDS)}))::int as "neverBegan",
      count(*) filter (where "effect" <= ${sql.lit(effects.ANEW)} and "before" = ${sql.lit(effects.REMOVED)})::int as "afterRemoval"
    from (
      select *, lead("at") over timeline as "until", lag("effect") over timeline as "before"
      from (
        select ${useOf('event', sql.ref('meaning.usageType'))} as "use", meaning."usageType", meaning."effect", event."at", event."seq",
          case when meaning."effect" <= ${sql.lit(effects.ANEW)} then ${shapeOf('event')} end as "shape"
        from "UsageEvent" event join ${switchingMeanings} on meaning."kind" = event."kind"
        where event."at" >= ${startsAt} and event."at" < ${endsAt} and event."seq" <= ${seq}
        union all
        select ${useOf('open')}, open."usageType"::smallint, ${sql.lit(effects.BEGINS)}::smallint, ${startsAt}::timestamptz, 0, ${shapeOf('open')}
        from "OpenUse" open
      ) narrow
      window timeline as (partition by "use" order by "at", "seq")
    ) step
    group by "use", "usageType", "shape"`.execute(tx);
  if (countingMeanings !== undefined) await sumUpCounted(tx, span, countingMeanings);
  await sql`analyze usage_sum`.execute(tx);
}

async function sumUpCounted(
  tx: Transaction,
  { startsAt, endsAt, seq }: Span,
  meanings: RawBuilder<unknown>,
): Promise<void> {
  // A table of its own first: what is inserted is read by one process alone, and this may be most of the events.
  await sql`
    create temp table usage_count on commit drop as
    select ${useOf('event', sql.ref('meaning.usageType'))} as "use", meaning."usageType",
      ${shapeOf('event', sql`event."attributes" - 'quantity'`)} as "shape", min(event."at") as "since", max(event."at") as "until", sum((event."attributes"->>'quantity')::numeric)::bigint as "quantity",
      max(event."seq") as "seq", false as "isLast", count(*)::int as "events", 0 as "beganTwice", 0 as "neverBegan", 0 as "afterRemoval"
    from "UsageEvent" event join ${meanings} on meaning."kind" = event."kind"
    where event."at" >= ${startsAt} and event."at" < ${endsAt} and event."seq" <= ${seq}
    group by 1, 2, 3`.execute(tx);
  await sql`insert into usage_sum select * from usage_count`.execute(tx);
}
