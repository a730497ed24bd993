import type { Database, Transaction } from '@nephos/model/database.ts';
import type { UsageSettings } from '@nephos/model/kernel/usage-settings.ts';
import { sql } from 'kysely';
import { closePeriod, setUpSession } from '../aggregate/close-period.ts';
import { cutAt, findUpcoming } from '../period/close-periods.ts';
import { dropScratch, shadowTables } from './shadow-tables.ts';

/** What an account used since the last period was closed. Amounts count 10^-12, to be divided by `unitSize`. */
export interface LiveSum {
  accountId: string;
  month: string;
  currency: string;
  usageType: number;
  zoneId: string;
  unitSize: string;
  live: string;
  perHour: string;
}

export interface LiveSums {
  /** Where the last closed period ended, or the first one will begin; absent: nothing was ever used. */
  since: Date | undefined;
  sums: LiveSum[];
}

const hourMs = 3_600_000;

/**
 * What was used between the last closed period and now, and what an hour more of it would cost: both found by closing
 * periods as if, and taking that back. So they are, to the last digit, what bills will say.
 */
export async function computeLiveCosts(db: Database, settings: UsageSettings, now: Date): Promise<LiveSums> {
  const upcoming = await findUpcoming(db, settings, cutAt(now, settings));
  const since = upcoming?.startsAt ?? (await findLastEnd(db));
  const tariff = await db.selectFrom('Tariff').select('id').limit(1).executeTakeFirst();
  if (since === undefined || tariff === undefined) return { since: await findLastEnd(db), sums: [] };
  // Partitions of tables that are hidden could not be made.
  for (const table of ['UsageRecord', 'RatedLine']) {
    await sql`select nephos_ensure_partitions(${table}, 'month', ${since}::timestamptz,
      ${new Date(now.getTime() + hourMs)}::timestamptz)`.execute(db);
  }
  const tx = await db.startTransaction().setIsolationLevel('repeatable read').execute();
  try {
    await setUpSession(tx);
    await shadowTables(tx);
    // A period was closed up to the moment of a clock that goes before this one.
    return { since, sums: await closeAsIf(tx, settings, now < since ? since : now) };
  } finally {
    // Whatever was written past the shadows goes with them.
    await tx.rollback().execute();
  }
}

async function closeAsIf(tx: Transaction, settings: UsageSettings, now: Date): Promise<LiveSum[]> {
  for (;;) {
    const bounds = await findUpcoming(tx, settings, cutAt(now, settings));
    if (bounds === undefined) break;
    await closePeriod(tx, bounds);
    await dropScratch(tx);
  }
  const endsAt = new Date(now.getTime() + hourMs);
  await closePeriod(tx, { startsAt: now, endsAt, timeZone: settings.timeZone });
  const { rows } = await sql<LiveSum>`
    select "accountId", "month", "currency", "usageType", "zoneId", "unitSize",
      coalesce(sum("amount") filter (where "periodStartsAt" < ${now}), 0) as "live",
      coalesce(sum("amount") filter (where "periodStartsAt" >= ${now}), 0) as "perHour"
    from "RatedLine" group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6`.execute(tx);
  return rows;
}

async function findLastEnd(db: Database): Promise<Date | undefined> {
  const last = await db
    .selectFrom('UsagePeriod')
    .select('endsAt')
    .orderBy('startsAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last?.endsAt;
}
