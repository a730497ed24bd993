import type { Database, Transaction } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { isLockTimeout } from '../platform/database-errors.ts';
import { dayMs, hourMs } from './resolution.ts';

/** Things whose day is put together in one statement, which takes a second. */
const thingsAtOnce = 1000;

/**
 * A backup reads all tables for as long as it takes. Whoever wants to drop one waits for it, and everybody else then
 * waits behind; so nobody waits for long, and what could not be done is done another time.
 *
 * @returns whether it was done
 */
async function withoutWaiting(db: Database, action: (tx: Transaction) => Promise<unknown>): Promise<boolean> {
  try {
    await db.transaction().execute(async (tx) => {
      await sql`set local lock_timeout = '2s'`.execute(tx);
      await action(tx);
    });
    return true;
  } catch (error) {
    if (isLockTimeout(error)) return false;
    throw error;
  }
}

/** A partition, and when its time begins. */
interface Partition {
  child: string;
  since: Date;
}

async function partitionsBefore(
  db: Database,
  table: string,
  period: 'hour' | 'day',
  before: Date,
): Promise<Partition[]> {
  const { rows } = await sql<Partition>`
    select "child", "since" from nephos_partitions_before(${table}, ${period}, ${before})`.execute(db);
  return rows;
}

/**
 * Packs the samples of every hour that ended before a moment, oldest first, into one row for each thing. Several of a
 * minute are averaged. An hour is packed and its samples are gone in one transaction: it is one or the other, whenever
 * this is interrupted.
 *
 * @returns how many hours were packed
 */
export async function packHours(db: Database, before: Date): Promise<number> {
  const hours = await partitionsBefore(db, 'FreshSample', 'hour', before);
  for (const [packed, { child, since }] of hours.entries()) {
    const until = new Date(since.getTime() + hourMs);
    // Tried before, since all the work would be for nothing.
    const canDrop = await withoutWaiting(db, (tx) =>
      sql`lock table "FreshSample" in access exclusive mode`.execute(tx),
    );
    if (!canDrop) return packed;
    const isDone = await withoutWaiting(db, async (tx) => {
      await sql`select nephos_ensure_partitions('SampleHour', 'day', ${since}, ${until})`.execute(tx);
      await sql`
        with sample as (
          select "resourceId", extract(minute from "at" at time zone 'UTC')::int as "minute",
            case count(*) when 1 then min("values") else nephos_mean(array_agg("values")) end as "values"
          from ${sql.table(child)} group by 1, 2
        ), thing as (
          select "resourceId", max(cardinality("values")) as "width" from sample group by 1
        ), packed as (
          select t."resourceId", array_agg(coalesce(s."values", array_fill(null::real, array[t."width"])) order by m) as "minutes"
          from thing t cross join generate_series(0, 59) m
          left join sample s on s."resourceId" = t."resourceId" and s."minute" = m
          group by 1
        )
        insert into "SampleHour" ("resourceId", "hour", "minutes", "quarters")
        select "resourceId", ${since}, "minutes", array[nephos_mean("minutes"[1:15]), nephos_mean("minutes"[16:30]),
          nephos_mean("minutes"[31:45]), nephos_mean("minutes"[46:60])]
        from packed
        on conflict do nothing`.execute(tx);
      await sql`drop table ${sql.table(child)}`.execute(tx);
    });
    if (!isDone) return packed;
  }
  return hours.length;
}

/**
 * Puts the averages of the days that are over together, a few hundred things at a time. What was put together before is
 * left as it is, so it goes on where it was interrupted.
 *
 * @param before every hour before it was packed
 */
export async function packDays(db: Database, before: Date): Promise<void> {
  for (const { child, since } of await partitionsBefore(db, 'SampleHour', 'day', before)) {
    const until = new Date(since.getTime() + dayMs);
    await sql`select nephos_ensure_partitions('SampleDay', 'day', ${since}, ${until})`.execute(db);
    for (let left = true; left;) left = await packSome(db, child, since);
  }
}

/** @returns whether there may be more */
async function packSome(db: Database, child: string, day: Date): Promise<boolean> {
  const hours = sql.table(child);
  const { numAffectedRows = 0n } = await sql`
    with thing as (
      select distinct h."resourceId" from ${hours} h
      where not exists (
        select from "SampleDay" d where d."resourceId" = h."resourceId" and d."day" = ${day})
      order by 1 limit ${thingsAtOnce}
    ), quarter as (
      select h."resourceId", extract(hour from h."hour" at time zone 'UTC')::int * 4 + q as "place",
        array(select unnest(h."quarters"[q + 1 : q + 1])) as "values"
      from ${hours} h join thing using ("resourceId") cross join generate_series(0, 3) q
    ), wide as (
      select "resourceId", max(cardinality("values")) as "width" from quarter group by 1
    )
    insert into "SampleDay" ("resourceId", "day", "quarters")
    select w."resourceId", ${day}, array_agg(coalesce(s."values", array_fill(null::real, array[w."width"])) order by q)
    from wide w cross join generate_series(0, 95) q
    left join quarter s on s."resourceId" = w."resourceId" and s."place" = q
    group by 1
    on conflict do nothing`.execute(db);
  return numAffectedRows === BigInt(thingsAtOnce);
}

/** Drops days whose time is over: of minutes, and of averages. @returns whether it could */
export function dropDays(db: Database, keepFrom: { minutes: Date; quarters: Date }): Promise<boolean> {
  return withoutWaiting(db, async (tx) => {
    await sql`select nephos_drop_partitions('SampleHour', 'day', ${keepFrom.minutes})`.execute(tx);
    await sql`select nephos_drop_partitions('SampleDay', 'day', ${keepFrom.quarters})`.execute(tx);
  });
}
