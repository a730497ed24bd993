import type { Database, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import type { LiveSums } from './compute-live-costs.ts';

/** An account's balance in one currency. */
interface Purse {
  accountId: Id<'Account'>;
  currency: string;
}

const columns = sql`"accountId", "month", "currency", "usageType", "zoneId", "unitSize"`;

/**
 * Puts live costs in place of the earlier ones, together with what was rated of the periods that were closed since: who
 * reads both finds nothing twice and misses nothing. Of balances whose costs run at another pace now, the feed tells.
 * @param asOf up to when they reach
 */
export async function writeLiveCosts(db: Database, { since, sums }: LiveSums, asOf: Date): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const run = await tx.selectFrom('LiveCostRun').selectAll().forUpdate().executeTakeFirstOrThrow();
    // Another daemon took over, and went further.
    if (run.asOf !== null && run.asOf > asOf) return;
    const changed = [
      ...(since === undefined ? [] : await addRated(tx, run.ratedUntil, since)),
      ...(await replaceLive(tx, sums)),
    ];
    await tellOf(tx, changed);
    await tx
      .updateTable('LiveCostRun')
      .set({ asOf, ...(since !== undefined && { ratedUntil: since }) })
      .execute();
  });
}

/** Adds up the lines of periods that were closed since the last time. */
async function addRated(tx: Transaction, ratedUntil: Date | null, since: Date): Promise<Purse[]> {
  if (ratedUntil !== null && ratedUntil >= since) return [];
  const { rows } = await sql<Purse>`
    insert into "LiveCost" as cost (${columns}, "rated")
    select ${columns}, sum("amount") from "RatedLine"
    where "periodStartsAt" < ${since} ${ratedUntil === null ? sql`` : sql`and "periodStartsAt" >= ${ratedUntil}`}
    group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6
    on conflict (${columns}) do update set "rated" = cost."rated" + excluded."rated"
    returning "accountId", "currency"`.execute(tx);
  return rows;
}

async function replaceLive(tx: Transaction, sums: LiveSums['sums']): Promise<Purse[]> {
  // Costs that ran until now and do not any more are among them.
  const { rows } = await sql<Purse>`
    with fresh as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(sums)}::jsonb) as sum("accountId" text, "month" text, "currency" text,
        "usageType" int, "zoneId" text, "unitSize" numeric, "live" numeric, "perHour" numeric)
    ), before as materialized (
      select * from "LiveCost" where "live" <> 0 or "perHour" <> 0
    ), wanted as materialized (
      select ${columns}, coalesce(fresh."live", 0) as "live", coalesce(fresh."perHour", 0) as "perHour",
        coalesce(fresh."perHour", 0) <> coalesce(before."perHour", 0) as "isAtOtherPace"
      from fresh full join before using (${columns})
    ), written as (
      insert into "LiveCost" (${columns}, "live", "perHour")
      select ${columns}, "live", "perHour" from wanted order by 1, 2, 3, 4, 5, 6
      on conflict (${columns}) do update set "live" = excluded."live", "perHour" = excluded."perHour"
    )
    select distinct "accountId", "currency" from wanted where "isAtOtherPace"`.execute(tx);
  return rows;
}

/** Balances that there are get another version; those that there are not yet are made. */
async function tellOf(tx: Transaction, purses: readonly Purse[]): Promise<void> {
  const distinct = [
    ...new Map(purses.map((purse) => [`${purse.accountId} ${purse.currency}`, purse])).entries(),
  ]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { accountId, currency }]) => ({ id: newId('Balance'), accountId, currency }));
  if (distinct.length === 0) return;
  await sql`
    insert into "Balance" ("id", "accountId", "currency")
    select * from jsonb_to_recordset(${JSON.stringify(distinct)}::jsonb) as purse("id" text, "accountId" text, "currency" text)
    on conflict ("accountId", "currency") do update set "updatedAt" = now()`.execute(tx);
}
