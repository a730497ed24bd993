import type { Transaction } from '@nephos/model/database.ts';
import { sql } from 'kysely';

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

/** The day, of the time zone that usage is summed up by, after so many months. */
export async function termEnd(
  tx: Transaction,
  { startsAt, months, timeZone }: { startsAt: Date; months: number; timeZone: string },
): Promise<Date> {
  const { rows } = await sql<{ endsAt: Date }>`
    select (date_trunc('day', ${startsAt}::timestamptz, ${timeZone}) at time zone ${timeZone}
      + make_interval(months => ${months})) at time zone ${timeZone} as "endsAt"`.execute(tx);
  return onlyOf(rows).endsAt;
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
