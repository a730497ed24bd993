import type { Database, Transaction } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { effects, switchingMeanings } from '../aggregate/event-meanings.ts';
import { carryOver } from '../aggregate/open-uses.ts';
import { thingOf } from '../aggregate/use-keys.ts';
import { keptFrom } from './horizon.ts';

/** Whoever reads events for hours, such as a backup, holds up the removal, and must not hold up those behind it. */
const patience = '2s';

/** The first moment of a month, or of one so many months before. */
const monthOf = (at: Date, monthsBefore = 0) =>
  new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - monthsBefore, 1));

/**
 * Removes usage events of whole months that are older than they have to be kept. What corrections need of them is kept
 * in `EarlierUse`. Events that no period took in stay, however old they are.
 */
export async function removeOldEvents(
  { db, log }: { db: Database; log: Logger },
  now: Date,
  months: number,
): Promise<void> {
  const horizon = await db.transaction().execute((tx) => moveHorizon(tx, monthOf(now, months)));
  if (horizon === undefined) return;
  try {
    await db.transaction().execute(async (tx) => {
      await sql`select set_config('lock_timeout', ${patience}, true)`.execute(tx);
      await sql`select nephos_drop_partitions('UsageEvent', 'month', ${horizon})`.execute(tx);
    });
  } catch (error) {
    log.warn(
      { err: error, horizon },
      'old usage events could not be removed; they will be after the next period',
    );
  }
}

/** @returns from when on events are kept now; `undefined` while all are */
async function moveHorizon(tx: Transaction, wanted: Date): Promise<Date | undefined> {
  // No period is closed meanwhile.
  await sql`lock table "UsagePeriod" in share row exclusive mode`.execute(tx);
  const last = await tx
    .selectFrom('UsagePeriod')
    .select(['endsAt', 'seq'])
    .orderBy('startsAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last === undefined) return undefined;
  const from = await keptFrom(tx);
  const { at: untold } = await tx
    .selectFrom('UsageEvent')
    .select(({ fn }) => fn.min<Date | null>('at').as('at'))
    .where('at', '>=', from)
    .where('at', '<', wanted)
    .where('seq', '>', last.seq)
    .executeTakeFirstOrThrow();
  const until = [last.endsAt, untold ?? wanted].reduce((a, b) => (a < b ? a : b), wanted);
  const horizon = monthOf(until);
  if (horizon <= from) return from;
  await foldEvents(tx, from, horizon);
  await tx.deleteFrom('UsageHorizon').execute();
  await tx.insertInto('UsageHorizon').values({ keptFrom: horizon }).execute();
  return horizon;
}

/** Makes `EarlierUse` of one moment that of another, by what happened between them. */
async function foldEvents(tx: Transaction, from: Date, until: Date): Promise<void> {
  await sql`
    create temp table usage_last on commit drop as
    select distinct on ("thing", "usageType") "thing", "usageType", "shape", "seq"
    from (
      select ${thingOf('event')} as "thing", meaning."usageType", event."at", event."seq",
        case when meaning."effect" <= ${sql.lit(effects.ANEW)} then 1 end as "shape"
      from "UsageEvent" event join ${switchingMeanings} on meaning."kind" = event."kind"
      where event."at" >= ${from} and event."at" < ${until}
    ) happened
    order by "thing", "usageType", "at" desc, "seq" desc`.execute(tx);
  await sql`analyze usage_last`.execute(tx);
  await carryOver(
    tx,
    'EarlierUse',
    sql`usage_last`,
    sql`(select * from "UsageEvent" where "at" >= ${from} and "at" < ${until})`,
  );
}
