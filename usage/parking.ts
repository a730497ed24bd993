import type { Transaction } from '@nephos/model/database.ts';
import type { KyselyPlugin } from 'kysely';
import type { Logger } from 'pino';

/** Lets fault tests stop the daemon where it could die. */
export class Parking {
  readonly #points: ReadonlySet<string>;
  readonly #log: Logger;

  /** @param points separated by commas; empty: it never stops */
  constructor(points: string, log: Logger) {
    this.#points = new Set(points.split(','));
    this.#log = log;
  }

  /** Goes on at once, or never. */
  at(point: string): Promise<void> {
    if (!this.#points.has(point)) return Promise.resolve();
    this.#log.warn({ point }, 'parked for a fault test');
    return new Promise(() => undefined);
  }

  /** A transaction that comes to a point after each of its statements: `period:1`, `period:2`, … */
  afterEach(tx: Transaction, name: string): Transaction {
    let count = 0;
    const plugin: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        await this.at(`${name}:${++count}`);
        return result;
      },
    };
    return tx.withPlugin(plugin);
  }
}
