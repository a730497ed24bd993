import type { Actor } from '../../platform/actor.ts';
import type { Platform } from '../../platform/platform.ts';
import { invalid } from '../../platform/errors.ts';
import { sql } from 'kysely';
import { closeUsageSaga } from './sagas/close.ts';

export interface GenerateUsageInput {
  /** Up to when; left out: now. */
  until?: Date | null | undefined;
  idempotencyKey?: string | null | undefined;
}

/** Jobs that close periods follow each other. */
const lane = 'usage';
const action = 'usage.generate';

/** Has usage summed up before its time. The server asks; the usage daemon does it. */
export class UsageCloseService {
  readonly #platform: Platform;
  readonly #saga: ReturnType<typeof closeUsageSaga>;

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#saga = closeUsageSaga(platform);
    platform.runner.register(this.#saga);
  }

  /** @throws PlatformError VALIDATION_FAILED for a moment that has not come yet */
  generate(actor: Actor, input: GenerateUsageInput): Promise<{ jobId: string }> {
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx, at } = mutation;
      const until = input.until ?? at;
      if (until > at) throw invalid('input.until', until, 'must not be in the future');
      // Two that are made at once would both find the lane free.
      await sql`select pg_advisory_xact_lock(hashtext('nephos usage request'))`.execute(tx);
      const target = { kind: 'Usage', id: lane, accountId: null };
      const job = await mutation.startJob(this.#saga, { until: until.toISOString() }, target);
      mutation.concerns(target.kind, target.id, null, { until });
      return { jobId: job.id };
    });
  }
}
