import { connectDatabase, type DatabaseConnection } from '@nephos/model/database.ts';
import { isDatabaseUnavailable } from '../database-errors.ts';
import type { Logger } from '../log.ts';
import type { AuditChain } from './chain.ts';
import { sealAll } from './seal.ts';

/** From an event's commit until it is sealed, at most; events of this long share a statement. */
const delayMs = 1000;
/** For events of a server that died before it sealed them. */
const lookEveryMs = 15_000;

/**
 * Seals what this server committed soon after, and what others left behind. It does so on a connection of its own,
 * so that it is never in the way of requests, nor they in its.
 */
export class AuditSealer {
  readonly #chain: AuditChain;
  readonly #log: Logger;
  readonly #connection: DatabaseConnection;
  #soon: NodeJS.Timeout | undefined;
  #looking: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopping = false;

  constructor(options: { databaseUrl: string; chain: AuditChain; log: Logger }) {
    this.#chain = options.chain;
    this.#log = options.log;
    this.#connection = connectDatabase({
      url: options.databaseUrl,
      maxConnections: 1,
      applicationName: 'nephos-audit',
    });
  }

  start(): void {
    this.#looking = setInterval(() => this.sealSoon(), lookEveryMs);
    this.sealSoon();
  }

  /** Something was committed, perhaps an event. */
  sealSoon(): void {
    if (this.#isStopping) return;
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.#running = this.#running.then(() => this.#seal());
    }, delayMs);
  }

  /** Seals what is there; a server that is stopped leaves nothing unsealed. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#looking);
    clearTimeout(this.#soon);
    await this.#running;
    await this.#seal();
    await this.#connection.close();
  }

  async #seal(): Promise<void> {
    try {
      const isDone = await sealAll(this.#connection.db, this.#chain);
      // The other server may have looked before this one's last commit.
      if (!isDone) this.sealSoon();
    } catch (error) {
      if (!isDatabaseUnavailable(error)) this.#log.error({ err: error }, 'audit events could not be sealed');
    }
  }
}
