import type { Database } from '@nephos/model/database.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import { sql } from 'kysely';
import type { AuditChain } from './audit/chain.ts';
import { removeEventsBefore } from './audit/retention.ts';
import { isDatabaseUnavailable } from './database-errors.ts';
import type { Logger } from './log.ts';
import { ensurePartitions } from './partitions.ts';
import type { Settings } from './settings/settings.ts';

const everyMs = 10 * 60_000;
export interface HousekeepingOptions {
  db: Database;
  clock: Clock;
  settings: Settings;
  chain: AuditChain;
  log: Logger;
}

/** Gives everything that grows an end. */
export class Housekeeping {
  readonly #options: HousekeepingOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.run().catch((error: unknown) => {
        if (!isDatabaseUnavailable(error)) this.#options.log.error({ err: error }, 'housekeeping failed');
      });
    }, everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async run(): Promise<void> {
    const { db, clock, settings, chain } = this.#options;
    const now = clock.now();
    const days = (count: number) => new Date(now.getTime() - count * 86_400_000);
    const months = (count: number) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - count, 1));
    await ensurePartitions(db, now);
    // The audit log loses events only together with the beginning of its chain, and usage events are the usage daemon's to
    // remove.
    const changesFrom = days(settings.get('change.feed.retention.days'));
    await sql`select nephos_drop_partitions('Change', 'day', ${changesFrom})`.execute(db);
    await db
      .deleteFrom('Job')
      .where('finishedAt', '<', days(settings.get('job.expire.days')))
      .execute();
    await db.deleteFrom('IdempotencyKey').where('createdAt', '<', days(1)).execute();
    await db
      .deleteFrom('BusMessage')
      .where('createdAt', '<', new Date(now.getTime() - 600_000))
      .execute();
    await db.deleteFrom('UserSession').where('expiresAt', '<', now).execute();
    await db.deleteFrom('SetupLink').where('expiresAt', '<', now).execute();
    await db.deleteFrom('SignInChallenge').where('expiresAt', '<', now).execute();
    await db.deleteFrom('OidcFlow').where('expiresAt', '<', now).execute();
    await db.deleteFrom('ConsoleToken').where('expiresAt', '<', now).execute();
    await db.deleteFrom('ProjectInvitation').where('expiresAt', '<', days(30)).execute();
    await db
      .deleteFrom('HostInstallation')
      .where('createdAt', '<', days(settings.get('job.expire.days')))
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('Host').select('Host.id').whereRef('Host.id', '=', 'HostInstallation.hostId'))),
      )
      .execute();
    await db
      .deleteFrom('Alert')
      .where('clearedAt', '<', days(settings.get('alert.purge.delay')))
      .execute();
    await db
      .deleteFrom('Notice')
      .where('state', '<>', 'QUEUED')
      .where('createdAt', '<', days(settings.get('alert.purge.delay')))
      .execute();
    await db.deleteFrom('UsageExport').where('expiresAt', '<', now).execute();
    await db
      .deleteFrom('UsageExportRun')
      .where('finishedAt', '<', days(settings.get('usage.export.run.expire.days')))
      .execute();
    await db.deleteFrom('EnrolmentToken').where('expiresAt', '<', days(1)).execute();
    // Last: a chain that is broken is no reason to keep the rest.
    await removeEventsBefore(db, chain, months(settings.get('audit.retention.months')));
  }
}
