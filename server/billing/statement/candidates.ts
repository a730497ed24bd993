import type { Database, Transaction } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { earliestOf, readMonthBounds, type StatementKey } from './month-sums.ts';

/** The end of the last period that was closed; `undefined` before the first. */
export async function readClosedUntil(db: Database | Transaction): Promise<Date | undefined> {
  const last = await db
    .selectFrom('UsagePeriod')
    .select('endsAt')
    .orderBy('endsAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last?.endsAt;
}

/** Accounts that used something in a month and have no statement of it. */
export async function readUnbilled(
  db: Database,
  { month, ratedUntil, timeZone }: { month: string; ratedUntil: Date; timeZone: string },
): Promise<StatementKey[]> {
  const from = earliestOf(await readMonthBounds(db, month, timeZone));
  const { rows } = await sql<StatementKey>`
    select used.* from (
      select distinct "accountId", "month", "currency" from "RatedLine"
      where "month" = ${month} and "periodStartsAt" >= ${from} and "periodStartsAt" < ${ratedUntil}) as used
    where not exists (
      select 1 from "Statement" billed where billed."accountId" = used."accountId" and billed."month" = used."month"
        and billed."currency" = used."currency" and billed."kind" = 'STATEMENT')
    order by 1, 3`.execute(db);
  return rows;
}

/**
 * Of months whose statements were issued: accounts of which something became known since. Only periods that correct
 * others bring such, and they say so.
 */
export async function readCorrected(
  db: Database,
  { ratedUntil }: { ratedUntil: Date },
): Promise<StatementKey[]> {
  const { rows } = await sql<StatementKey>`
    select distinct line."accountId", line."month", line."currency" from "UsagePeriod" period
    join "RatedLine" line on line."periodStartsAt" = period."startsAt"
    join "StatementMonth" issued on issued."month" = line."month" and line."periodStartsAt" >= issued."ratedUntil"
    where period."correctionCount" > 0 and period."startsAt" < ${ratedUntil}
      and period."startsAt" >= (select min("ratedUntil") from "StatementMonth")
      and not exists (
        select 1 from "Statement" billed where billed."accountId" = line."accountId" and billed."month" = line."month"
          and billed."currency" = line."currency" and billed."ratedUntil" >= ${ratedUntil})
    order by 2, 1, 3`.execute(db);
  return rows;
}

/** Marks a month as issued; all months before it are corrected up to the same moment. */
export async function markIssued(
  tx: Transaction,
  { month, ratedUntil, at }: { month: string; ratedUntil: Date; at: Date },
): Promise<void> {
  await tx
    .insertInto('StatementMonth')
    .values({ month, ratedUntil, issuedAt: at })
    .onConflict((conflict) => conflict.column('month').doNothing())
    .execute();
  await tx.updateTable('StatementMonth').set({ ratedUntil }).where('ratedUntil', '<', ratedUntil).execute();
}
