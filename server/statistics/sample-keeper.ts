import type { Database } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import type { Platform } from '../platform/platform.ts';
import { Reconciler } from '../platform/reconciler.ts';
import { packDays, dropDays, packHours } from './packing.ts';
import { dayMs, hourMs, minuteMs } from './resolution.ts';

/** Reports of an hour that come later than this after its end are refused. */
const graceMs = 2 * minuteMs;

/** Packs samples when their hour is over, and again when their day is, and drops those whose time has come. */
export class SampleKeeper {
  readonly #platform: Pick<Platform, 'db' | 'clock' | 'settings' | 'log'>;
  readonly reconciler: Reconciler;
  /** Whether days may be left to pack: the server that packed their last hour may have died over it. */
  #mayBeBehind = true;

  constructor(platform: Pick<Platform, 'db' | 'clock' | 'settings' | 'log'>) {
    this.#platform = platform;
    this.reconciler = new Reconciler({
      name: 'samples',
      everySeconds: () => 60,
      look: () => this.look(),
      log: platform.log,
    });
  }

  /** Does what is due, unless another server is at it. */
  async look(): Promise<void> {
    const { db } = this.#platform;
    await db.connection().execute(async (connection) => {
      // Held for as long as the connection: a server that dies lets go of it.
      const lock = sql`hashtext('nephos samples')`;
      const { rows } = await sql<{ won: boolean }>`select pg_try_advisory_lock(${lock}) as won`.execute(
        connection,
      );
      if (!rows[0]?.won) return;
      try {
        await this.#keep(connection);
      } finally {
        await sql`select pg_advisory_unlock(${lock})`.execute(connection);
      }
    });
  }

  async #keep(db: Database): Promise<void> {
    const { clock, settings, log } = this.#platform;
    const now = clock.now().getTime();
    const settled = new Date(now - graceMs);
    const hours = await packHours(db, settled);
    if (hours === 0 && !this.#mayBeBehind) return;
    this.#mayBeBehind = true;
    await packDays(db, settled);
    const isDropped = await dropDays(db, {
      minutes: new Date(now - settings.get('vm.stats.retention.minute.hours') * hourMs),
      quarters: new Date(now - settings.get('vm.stats.retention.quarter.days') * dayMs),
    });
    this.#mayBeBehind = !isDropped;
    log.debug({ hours }, 'samples packed');
  }
}
