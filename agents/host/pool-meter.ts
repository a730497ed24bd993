import type { PoolReference } from '@nephos/agent-protocol/machine.ts';
import type { PoolSpace } from '@nephos/agent-protocol/statistics.ts';
import type { Logger } from 'pino';
import type { HostDriver, Space } from './driver.ts';

const patienceMs = 5000;

/** Measures the space of storage pools. One that cannot be measured is left out, and holds up no other. */
export class PoolMeter {
  readonly #driver: Pick<HostDriver, 'findPool'>;
  readonly #log: Logger;
  /** A network share whose server is gone does not answer for minutes: it is not asked again meanwhile. */
  readonly #asked = new Map<string, Promise<Space | null>>();

  constructor(driver: Pick<HostDriver, 'findPool'>, log: Logger) {
    this.#driver = driver;
    this.#log = log;
  }

  async measure(pools: readonly PoolReference[]): Promise<PoolSpace[]> {
    const spaces = await Promise.all(pools.map((pool) => this.#measureOne(pool)));
    return spaces.filter((space) => space !== null);
  }

  async #measureOne(pool: PoolReference): Promise<PoolSpace | null> {
    const { poolId } = pool;
    const asked = this.#asked.get(poolId) ?? this.#ask(pool);
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), patienceMs);
    });
    const space = await Promise.race([asked, tooLate]);
    clearTimeout(timer);
    return space && { poolId, ...space };
  }

  #ask(pool: PoolReference): Promise<Space | null> {
    const asked = this.#driver
      .findPool(pool)
      .catch((error: unknown) => {
        this.#log.warn({ err: error, poolId: pool.poolId }, 'storage pool could not be measured');
        return null;
      })
      .finally(() => this.#asked.delete(pool.poolId));
    this.#asked.set(pool.poolId, asked);
    return asked;
  }
}
