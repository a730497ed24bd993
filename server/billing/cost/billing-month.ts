import type { Database, Transaction } from '@nephos/model/database.ts';
import { sql } from 'kysely';

/** A month by the clocks of `usage.aggregation.timezone`: what statements are made of. */
export interface BillingMonth {
  /** `2026-11` */
  name: string;
  startsAt: Date;
  /** Not part of it. */
  endsAt: Date;
  /** The one before. */
  previous: string;
}

const named = sql.lit('YYYY-MM');

/** The billing month of a moment. */
export async function readBillingMonth(
  db: Database | Transaction,
  at: Date,
  timeZone: string,
): Promise<BillingMonth> {
  const { rows } = await sql<BillingMonth>`
    select to_char("first", ${named}) as "name", "first" at time zone ${timeZone} as "startsAt",
      ("first" + interval '1 month') at time zone ${timeZone} as "endsAt",
      to_char("first" - interval '1 month', ${named}) as "previous"
    from (select date_trunc('month', ${at}::timestamptz at time zone ${timeZone}) as "first") as month`.execute(
    db,
  );
  const [month] = rows;
  if (month === undefined) throw new Error('every moment is in a month');
  return month;
}

const pattern = /^\d{4}-(0[1-9]|1[0-2])$/;

/** Whether a text names a month: `2026-11`. */
export function isMonth(text: string): boolean {
  return pattern.test(text);
}

/** The month before another. */
export function monthBefore(name: string): string {
  const [year = 0, month = 1] = name.split('-').map(Number);
  return new Date(Date.UTC(year, month - 2, 1)).toISOString().slice(0, 7);
}
