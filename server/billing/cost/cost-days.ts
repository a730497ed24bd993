import type { Database, Transaction } from '@nephos/model/database.ts';
import { derivedIdStem } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import type { Platform } from '../../platform/platform.ts';
import { Reconciler } from '../../platform/reconciler.ts';

/** Periods that one transaction sums up. */
const batch = 24;
/** Nobody looks further back: rated lines themselves stay. */
const keptFor = '3 years';

/**
 * Sums up by day what was rated, period by period, each once: months of rated lines are too many to be read whenever
 * somebody looks at a page. Corrections belong to the day that they correct.
 */
export function createCostDays(platform: Platform): Reconciler {
  const { db, settings, log } = platform;
  return new Reconciler({
    name: 'cost-days',
    everySeconds: () => 5,
    look: () => foldCostDays(db, settings.get('usage.aggregation.timezone')),
    log,
  });
}

/** Sums up all periods that were closed since the last time. */
export async function foldCostDays(db: Database, timeZone: string): Promise<void> {
  for (;;) {
    if (!(await hasMore(db))) return;
    await db.transaction().execute((tx) => foldSome(tx, timeZone));
  }
}

async function hasMore(db: Database): Promise<boolean> {
  const { rows } = await sql<{ hasMore: boolean }>`
    select exists (select 1 from "UsagePeriod" p, "CostDayRun" r
      where r."foldedUntil" is null or p."startsAt" >= r."foldedUntil") as "hasMore"`.execute(db);
  return rows[0]?.hasMore === true;
}

async function foldSome(tx: Transaction, timeZone: string): Promise<void> {
  // One server folds, and others wait and find it done.
  const { foldedUntil } = await tx
    .selectFrom('CostDayRun')
    .select('foldedUntil')
    .forUpdate()
    .executeTakeFirstOrThrow();
  const periods = await tx
    .selectFrom('UsagePeriod')
    .select(['startsAt', 'endsAt'])
    .$if(foldedUntil !== null, (query) => query.where('startsAt', '>=', foldedUntil ?? new Date(0)))
    .orderBy('startsAt')
    .limit(batch)
    .execute();
  const [first, last] = [periods[0], periods.at(-1)];
  if (first === undefined || last === undefined) return;
  // Ids begin with the time of their period: the index on them finds lines of a period.
  await sql`
    insert into "CostDay" ("accountId", "day", "currency", "usageType", "zoneId", "unitSize", "amount")
    select "accountId", to_char("usedAt" at time zone ${timeZone}, 'YYYY-MM-DD'), "currency", "usageType", "zoneId", "unitSize",
      sum("amount")
    from "RatedLine"
    where "id" >= ${derivedIdStem('RatedLine', first.startsAt)} and "periodStartsAt" >= ${first.startsAt}
      and "periodStartsAt" < ${last.endsAt}
    group by 1, 2, 3, 4, 5, 6
    on conflict ("accountId", "day", "currency", "usageType", "zoneId", "unitSize")
      do update set "amount" = "CostDay"."amount" + excluded."amount"`.execute(tx);
  await sql`delete from "CostDay" where "day" < to_char(${last.endsAt}::timestamptz - ${sql.lit(keptFor)}::interval, 'YYYY-MM-DD')`.execute(
    tx,
  );
  await tx.updateTable('CostDayRun').set({ foldedUntil: last.endsAt }).execute();
}
