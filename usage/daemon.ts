import type { Database } from '@nephos/model/database.ts';
import cron, { type ScheduledTask } from 'node-cron';
import pg from 'pg';
import type { Logger } from 'pino';
import { collect } from './collect/collect.ts';

/** Of daemons that are started together the one that holds this session lock works; the others stand by. */
const usageLock = 4_105_130_003;
const everyFiveSeconds = '*/5 * * * * *';

export interface UsageDaemonOptions {
  databaseUrl: string;
  db: Database;
  log: Logger;
}

/** Turns usage events into records, on a schedule, one daemon at a time. */
export class UsageDaemon {
  readonly #options: UsageDaemonOptions;
  #lease: pg.Client | undefined;
  #task: ScheduledTask | undefined;

  constructor(options: UsageDaemonOptions) {
    this.#options = options;
  }

  start(): void {
    this.#task = cron.schedule(everyFiveSeconds, () => this.#run(), { noOverlap: true });
  }

  async stop(): Promise<void> {
    await this.#task?.destroy();
    await this.#lease?.end();
  }

  async #run(): Promise<void> {
    const { db, log } = this.#options;
    try {
      if (!(await this.#holdLease())) return;
      for (let events = await collect(db); events > 0; events = await collect(db))
        log.info({ events }, 'usage collected');
    } catch (error) {
      // The database is away, or not migrated yet: the schedule brings the next try.
      log.warn({ err: error }, 'usage could not be collected');
    }
  }

  async #holdLease(): Promise<boolean> {
    if (this.#lease !== undefined) return true;
    const client = new pg.Client({
      connectionString: this.#options.databaseUrl,
      application_name: 'nephos-usage-lease',
      keepAlive: true,
    });
    client.on('error', () => undefined);
    // Losing the connection is losing the lease.
    client.once('end', () => {
      this.#lease = undefined;
    });
    await client.connect();
    const { rows } = await client.query<{ won: boolean }>('select pg_try_advisory_lock($1) as won', [
      usageLock,
    ]);
    if (rows[0]?.won !== true) {
      await client.end();
      return false;
    }
    this.#lease = client;
    this.#options.log.info('collecting usage');
    return true;
  }
}
