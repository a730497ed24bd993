import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Database } from '@nephos/model/database.ts';
import type { Logger } from 'pino';
import type { ExportThreadData } from './export-thread.ts';

export interface ExportLoopOptions {
  db: Database;
  databaseUrl: string;
  log: Logger;
  /** Called whenever files may have been made. */
  onMade(): void;
}

/**
 * What a thread may take that makes files. Left to itself it would take hundreds of megabytes, to collect garbage less
 * often; one that needs more is ended, and its file is given up after a few attempts.
 */
const resourceLimits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 };

/** Has files made in a thread beside the daemon's other work, so that a long one keeps nothing waiting. */
export class ExportLoop {
  readonly #options: ExportLoopOptions;
  #isAtWork = false;
  #isWokenAgain = false;
  #thread: Worker | undefined;

  constructor(options: ExportLoopOptions) {
    this.#options = options;
  }

  /** Looks for what was asked for, unless it is at work: then it looks once more at its end. */
  wake(): void {
    if (this.#isAtWork) this.#isWokenAgain = true;
    else void this.#work();
  }

  async stop(): Promise<void> {
    await this.#thread?.terminate();
  }

  async #work(): Promise<void> {
    this.#isAtWork = true;
    do await this.#look();
    while (this.#wasWokenAgain());
    this.#isAtWork = false;
  }

  #wasWokenAgain(): boolean {
    const wasWoken = this.#isWokenAgain;
    this.#isWokenAgain = false;
    return wasWoken;
  }

  async #look(): Promise<void> {
    const { db, log } = this.#options;
    try {
      const waiting = await db
        .selectFrom('UsageExport')
        .select('id')
        .where('state', 'in', ['QUEUED', 'RUNNING'])
        .limit(1)
        .executeTakeFirst();
      if (waiting !== undefined) await this.#runThread();
    } catch (error) {
      // The database is away; or something is wrong, and after a few attempts the file is given up.
      log.warn({ err: error }, 'export could not be made');
    }
  }

  async #runThread(): Promise<void> {
    const { databaseUrl, log } = this.#options;
    const workerData: ExportThreadData = { databaseUrl, logLevel: log.level };
    const thread = new Worker(new URL('export-thread.ts', import.meta.url), { workerData, resourceLimits });
    this.#thread = thread;
    try {
      // Rejects when the thread fails.
      await once(thread, 'exit');
    } finally {
      this.#thread = undefined;
      this.#options.onMade();
    }
  }
}
