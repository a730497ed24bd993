import { isDatabaseUnavailable } from './database-errors.ts';
import type { Logger } from './log.ts';
import { PromiseGate } from './promise-gate.ts';

export interface ReconcilerOptions {
  name: string;
  /** Seconds between two looks; asked anew each time, since it may be a setting. */
  everySeconds(): number;
  /** Compares what should be with what is, and mends it. It is told nothing: it looks. */
  look(): Promise<void>;
  log: Logger;
}

/** Looks again and again. An event may make it look sooner, and cannot tell it what to see. */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #gate = new PromiseGate();
  #isStopping = false;
  #running: Promise<void> | undefined;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Makes it look at once. */
  lookSoon(): void {
    this.#gate.open();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#gate.open();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { name, everySeconds, look, log } = this.#options;
    for (;;) {
      await this.#gate.waitOpen(everySeconds() * 1000);
      this.#gate.close();
      if (this.#isStopping) return;
      try {
        await look();
      } catch (error) {
        if (isDatabaseUnavailable(error)) log.warn({ err: error, reconciler: name }, 'the database is away');
        else log.error({ err: error, reconciler: name }, 'reconciler failed; it will look again');
      }
    }
  }
}
