import type { Transaction } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import type { Actor } from '../../platform/actor.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { isMonth } from '../cost/billing-month.ts';
import { readClosedUntil } from './candidates.ts';
import { readMonthBounds } from './month-sums.ts';
import { finalizeStatementsSaga } from './sagas/finalize.ts';

export interface FinalizeInput {
  /** `2026-11` */
  month: string;
  idempotencyKey?: string | null | undefined;
}

/** Jobs that issue statements follow each other. */
const lane = 'statements';
const action = 'statement.finalize';

/** Has statements issued. */
export class StatementService {
  readonly #platform: Platform;
  readonly #saga: ReturnType<typeof finalizeStatementsSaga>;

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#saga = finalizeStatementsSaga(platform);
    platform.runner.register(this.#saga);
  }

  /**
   * Issues the statements of a month that is over, and credit notes about what became known of earlier ones.
   * @throws PlatformError VALIDATION_FAILED for what is no month, INVALID_STATE while some of its usage is not summed up,
   * or statements are being issued
   */
  finalize(actor: Actor | null, input: FinalizeInput): Promise<{ jobId: string }> {
    const { month } = input;
    if (!isMonth(month)) throw invalid('input.month', month, 'must be a month like 2026-11');
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx } = mutation;
      // Two that are made at once would both find the lane free.
      await sql`select pg_advisory_xact_lock(hashtext('nephos statements'))`.execute(tx);
      await this.#assertClosed(tx, month);
      await assertIdle(tx);
      const job = await mutation.startJob(
        this.#saga,
        { month },
        { kind: 'Statement', id: month, accountId: null, lane },
      );
      mutation.concerns('Statement', month, null, { month });
      return { jobId: job.id };
    });
  }

  async #assertClosed(tx: Transaction, month: string): Promise<void> {
    const { endsAt } = await readMonthBounds(
      tx,
      month,
      this.#platform.settings.get('usage.aggregation.timezone'),
    );
    const closedUntil = await readClosedUntil(tx);
    if (closedUntil !== undefined && closedUntil >= endsAt) return;
    throw new PlatformError(
      'INVALID_STATE',
      closedUntil === undefined
        ? `no usage was summed up yet, and ${month} cannot be billed`
        : `usage is summed up to ${closedUntil.toISOString()}, and ${month} ends at ${endsAt.toISOString()}`,
      {
        details: { closedUntil: closedUntil?.toISOString() ?? null, endsAt: endsAt.toISOString() },
        remedy: 'wait until the month is over, then have its usage summed up with generateUsage',
      },
    );
  }
}

async function assertIdle(tx: Transaction): Promise<void> {
  const job = await tx
    .selectFrom('Job')
    .select('id')
    .where('kind', '=', action)
    .where('status', 'in', ['QUEUED', 'RUNNING', 'CANCELLING', 'STUCK'])
    .limit(1)
    .executeTakeFirst();
  if (job === undefined) return;
  throw new PlatformError('INVALID_STATE', `statements are being issued already, by job ${job.id}`, {
    details: { jobId: job.id },
    remedy: 'wait until that job has ended',
  });
}
