import { sql } from 'kysely';
import type { Actor } from '../../platform/actor.ts';
import type { Platform } from '../../platform/platform.ts';

/** Where the usage daemon listens. */
const channel = 'nephos_usage';

/** Costs of what goes on, which the usage daemon keeps fresh. */
export class LiveCostService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Asks the usage daemon to bring costs up to now, rather than within a minute. */
  async refresh(actor: Actor): Promise<Date> {
    let requestedAt = this.#platform.clock.now();
    await this.#platform.mutations.run({ action: 'balance.refresh', actor, input: {} }, async (mutation) => {
      const { tx, at } = mutation;
      requestedAt = at;
      // Many may ask at once: the latest moment is all that counts.
      await sql`
        update "LiveCostRun" set "requestedAt" = greatest("requestedAt", ${at}::timestamptz)`.execute(tx);
      await sql`select pg_notify(${channel}, '')`.execute(tx);
      mutation.concerns('Account', actor.accountId, actor.accountId);
      return {};
    });
    return requestedAt;
  }
}
