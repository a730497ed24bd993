import type { Transaction } from '@nephos/model/database.ts';
import { sql } from 'kysely';

/** Until the transaction ends no period is closed: one that is being closed knows nothing of a term that begins in it. */
export async function holdPeriods(tx: Transaction): Promise<void> {
  await sql`lock table "UsagePeriod" in share mode`.execute(tx);
}

/**
 * When a term that is paid for at a moment begins: with that day, of the time zone that usage is summed up by, so that no
 * period has to be cut; or, if some of that day is rated already, when that ends.
 */
export async function termStart(tx: Transaction, at: Date, timeZone: string): Promise<Date> {
  const { rows } = await sql<{ startsAt: Date }>`
    select greatest(date_trunc('day', ${at}::timestamptz, ${timeZone}),
      (select max("endsAt") from "UsagePeriod" where "endsAt" <= ${at})) as "startsAt"`.execute(tx);
  return onlyOf(rows).startsAt;
}

/**
 * The midnight, of the time zone that usage is summed up by, after so many months. A term that begins in the middle of a day
 * has its last day to the end: nobody gets less than was paid for.
 */
export async function termEnd(
  tx: Transaction,
  { startsAt, months, timeZone }: { startsAt: Date; months: number; timeZone: string },
): Promise<Date> {
  const { rows } = await sql<{ endsAt: Date }>`
    select ("day" at time zone ${timeZone} + make_interval(months => ${months}) + case when "startsAt" > "day"
      then interval '1 day' else interval '0' end) at time zone ${timeZone} as "endsAt"
    from (select ${startsAt}::timestamptz as "startsAt", date_trunc('day', ${startsAt}::timestamptz, ${timeZone}) as "day") as term`.execute(
    tx,
  );
  return onlyOf(rows).endsAt;
}

/** How many whole months of a term are over at a moment. */
export async function monthsOver(
  tx: Transaction,
  { startsAt, months, at, timeZone }: { startsAt: Date; months: number; at: Date; timeZone: string },
): Promise<number> {
  const { rows } = await sql<{ months: number }>`
    select count(*)::int as "months" from generate_series(1, ${months}::int) as each
    where (date_trunc('day', ${startsAt}::timestamptz, ${timeZone}) at time zone ${timeZone}
      + make_interval(months => each)) at time zone ${timeZone} <= ${at}`.execute(tx);
  return onlyOf(rows).months;
}

/** The next midnight of the time zone that usage is summed up by. */
export async function nextDay(tx: Transaction, at: Date, timeZone: string): Promise<Date> {
  const { rows } = await sql<{ day: Date }>`
    select (date_trunc('day', ${at}::timestamptz, ${timeZone}) at time zone ${timeZone} + interval '1 day')
      at time zone ${timeZone} as "day"`.execute(tx);
  return onlyOf(rows).day;
}

function onlyOf<Row>([row]: readonly Row[]): Row {
  if (row === undefined) throw new Error('a statement that answers one row answered none');
  return row;
}
