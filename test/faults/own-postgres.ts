import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectDatabase } from '@nephos/model/database.ts';
import { applyMigrations } from '@nephos/model/migrate/apply.ts';
import {
  ensureDatabase,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../scripts/launch/postgres.ts';
import type { TestDatabase } from '../support/database.ts';

const name = 'nephos';

/** A PostgreSQL of a test's own, that can be killed; what was committed outlives that. */
export class OwnPostgres implements TestDatabase {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'nephos-own-pg-'));
  #server: EmbeddedPostgres | undefined;
  #connection: ReturnType<typeof connectDatabase> | undefined;

  static async start(): Promise<OwnPostgres> {
    const postgres = new OwnPostgres();
    chmodSync(postgres.#folder, 0o755);
    await postgres.launch();
    await ensureDatabase(postgres.#running, name);
    await applyMigrations(postgres.url);
    postgres.#connection = connectDatabase({ url: postgres.url, maxConnections: 4, applicationName: 'test' });
    return postgres;
  }

  get url(): string {
    return this.#running.urlOf(name);
  }

  get db() {
    if (this.#connection === undefined) throw new Error('the database was never started');
    return this.#connection.db;
  }

  /** Starts it, again after {@link kill}; resolves when it takes connections. */
  async launch(): Promise<void> {
    this.#server = await startEmbeddedPostgres({
      dataFolder: path.join(this.#folder, 'data'),
      runFolder: path.join(this.#folder, 'run'),
      settings: { max_connections: '100' },
    });
  }

  /** Ends the postmaster without a word; its children end when they notice. */
  async kill(): Promise<void> {
    const postmaster = Number(
      readFileSync(path.join(this.#folder, 'data/postmaster.pid'), 'utf8').split('\n')[0],
    );
    process.kill(postmaster, 'SIGKILL');
    await this.#running.ended;
    // Orphaned backends serve what they were asked last, and must not meet the next server.
    await sleep(200);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection?.close();
    await this.#server?.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #running(): EmbeddedPostgres {
    if (this.#server === undefined) throw new Error('PostgreSQL was never started');
    return this.#server;
  }
}
