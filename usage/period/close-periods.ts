import type { Database, Transaction } from '@nephos/model/database.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import type { UsageSettings } from '@nephos/model/kernel/usage-settings.ts';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { closePeriod, type PeriodBounds } from '../aggregate/close-period.ts';
import type { Parking } from '../parking.ts';
import { findPriceChange } from '../rate-period/valid-tariffs.ts';
import { lastBoundary, nextBoundary } from './boundaries.ts';
import { waitForPending } from './pending-events.ts';

/** Whoever closes a period holds this, should two ever believe that it is their turn. */
const closingLock = sql`hashtext('nephos usage period')`;

export interface ClosingDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  parking: Parking;
}

/** Which period comes next, given where it begins; `undefined`: none yet. */
type NextPeriod = (startsAt: Date) => Date | undefined;

/** Whole periods whose turn has come. */
export const dueBy =
  (now: Date, settings: UsageSettings): NextPeriod =>
  (startsAt) => {
    const endsAt = nextBoundary(startsAt, settings);
    return endsAt.getTime() + settings.delayMinutes * 60_000 <= now.getTime() ? endsAt : undefined;
  };

/** All up to a moment: whole periods, and what is left as one that is shorter. */
export const cutAt =
  (until: Date, settings: UsageSettings): NextPeriod =>
  (startsAt) => {
    if (startsAt >= until) return undefined;
    const endsAt = nextBoundary(startsAt, settings);
    return endsAt < until ? endsAt : until;
  };

/**
 * Closes one period after the other, each in a transaction of its own: what was missed is made up for, and what is closed
 * stays as it is.
 * @param alongside is called in the transaction of each
 * @returns how many
 */
export async function closePeriods(
  deps: ClosingDeps,
  settings: UsageSettings,
  next: NextPeriod,
  alongside: (tx: Transaction) => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  const { db, log, parking } = deps;
  for (let count = 0; ; count++) {
    const upcoming = await findUpcoming(db, settings, next);
    if (upcoming === undefined) return count;
    await waitForPending(deps, upcoming.endsAt);
    const started = performance.now();
    const closed = await db.transaction().execute(async (tx) => {
      await sql`select pg_advisory_xact_lock(${closingLock})`.execute(tx);
      // Another daemon may have closed it while this one waited.
      const bounds = await findUpcoming(tx, settings, next);
      if (bounds === undefined) return undefined;
      const period = await closePeriod(parking.afterEach(tx, 'period'), bounds);
      await alongside(tx);
      await parking.at('period:closed');
      return period;
    });
    if (closed === undefined) return count;
    const { startsAt, endsAt, eventCount, recordCount } = closed;
    const milliseconds = Math.round(performance.now() - started);
    log.info({ startsAt, endsAt, eventCount, recordCount, milliseconds }, 'usage period closed');
    await parking.at('period:committed');
  }
}

/** The period to close next. @returns `undefined` when none is due */
export async function findUpcoming(
  db: Database | Transaction,
  settings: UsageSettings,
  next: NextPeriod,
): Promise<PeriodBounds | undefined> {
  const startsAt = await findStart(db, settings);
  const boundary = startsAt && next(startsAt);
  if (startsAt === undefined || boundary === undefined) return undefined;
  // Within one period no price changes, so that its records need not be taken apart to be rated.
  const endsAt = (await findPriceChange(db, { after: startsAt, before: boundary })) ?? boundary;
  return { startsAt, endsAt, timeZone: settings.timeZone };
}

/** Periods follow each other without gaps; the first begins before the first event. */
async function findStart(db: Database | Transaction, settings: UsageSettings): Promise<Date | undefined> {
  const last = await db
    .selectFrom('UsagePeriod')
    .select('endsAt')
    .orderBy('startsAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last !== undefined) return last.endsAt;
  const { at } = await db
    .selectFrom('UsageEvent')
    .select(({ fn }) => fn.min<Date | null>('at').as('at'))
    .executeTakeFirstOrThrow();
  return at === null ? undefined : lastBoundary(at, settings);
}
