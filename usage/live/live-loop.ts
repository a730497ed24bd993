import type { Database } from '@nephos/model/database.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import type { UsageSettings } from '@nephos/model/kernel/usage-settings.ts';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { waitForPending } from '../period/pending-events.ts';
import { computeLiveCosts } from './compute-live-costs.ts';
import { writeLiveCosts } from './write-live-costs.ts';

const everyMs = 60_000;
/** Events that nobody numbers so long are for the next time. */
const patienceMs = 2000;
/** What takes long is done less often, whoever asks: at most this part of the time goes into it. */
const share = 0.05;

/** Keeps live costs fresh. */
export class LiveLoop {
  #nextAt = 0;
  #restsUntil = 0;

  /** Brings live costs up to now, if it is time for that, or somebody wants it. */
  async look(deps: { db: Database; clock: Clock; log: Logger }, settings: UsageSettings): Promise<void> {
    const { db, clock } = deps;
    const started = performance.now();
    if (started < this.#restsUntil || (started < this.#nextAt && !(await isWanted(db)))) return;
    await refreshLiveCosts(deps, settings, clock.now());
    const ended = performance.now();
    this.#restsUntil = ended + (ended - started) / share;
    this.#nextAt = Math.max(started + everyMs, this.#restsUntil);
  }
}

/** Brings live costs up to a moment. */
export async function refreshLiveCosts(
  { db, log }: { db: Database; log: Logger },
  settings: UsageSettings,
  now: Date,
): Promise<void> {
  await waitForPending({ db, log }, now, patienceMs);
  await writeLiveCosts(db, await computeLiveCosts(db, settings, now), now);
}

/** Somebody asked for them, or a period was closed since. */
async function isWanted(db: Database): Promise<boolean> {
  const { rows } = await sql<{ isWanted: boolean }>`
    select coalesce("requestedAt" > coalesce("asOf", '-infinity'), false) or exists (
      select from "UsagePeriod" where "endsAt" > coalesce("ratedUntil", '-infinity')) as "isWanted"
    from "LiveCostRun"`.execute(db);
  return rows[0]?.isWanted === true;
}
