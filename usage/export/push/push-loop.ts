import type { Logger } from 'pino';
import { readAllowedNetworks } from './allowed-networks.ts';
import { findDueRuns, type DueRun } from './run-store.ts';
import { sendRun, type SendDeps } from './send-run.ts';

export interface PushLoopOptions extends Omit<SendDeps, 'allowedNetworks'> {
  log: Logger;
}

/** Files on their way at a time: each holds a part in memory. One user has one, so that none keeps others waiting. */
const mostAtATime = 4;

/** Sends finished files to where their schedules say, beside the daemon's other work. */
export class PushLoop {
  readonly #options: PushLoopOptions;
  readonly #stopping = new AbortController();
  /** What is being sent, by whose it is. */
  readonly #sending = new Map<string, Promise<void>>();
  #isLooking = false;

  constructor(options: PushLoopOptions) {
    this.#options = options;
  }

  /** Looks for what is to be sent; to be called by the daemon that holds the lease, again and again. */
  wake(): void {
    if (!this.#isLooking && !this.#stopping.signal.aborted) void this.#look();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#sending.values());
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    const { db, clock, log } = this.#options;
    const room = mostAtATime - this.#sending.size;
    try {
      const busy = [...this.#sending.keys()];
      const due = room === 0 ? [] : await findDueRuns(db, { now: clock.now(), busy, limit: room });
      const allowedNetworks = due.length === 0 ? [] : await readAllowedNetworks(db);
      for (const run of due) this.#sending.set(run.userId, this.#send(run, allowedNetworks));
    } catch (error) {
      // The database is away.
      log.warn({ err: error }, 'files could not be sent');
    }
    this.#isLooking = false;
  }

  async #send(run: DueRun, allowedNetworks: readonly string[]): Promise<void> {
    const { log } = this.#options;
    try {
      await sendRun({ ...this.#options, allowedNetworks }, run, this.#stopping.signal);
      this.#sending.delete(run.userId);
      this.wake();
    } catch (error) {
      // It is looked for again in some seconds.
      log.warn({ err: error, id: run.id }, 'file could not be sent');
      this.#sending.delete(run.userId);
    }
  }
}
