import type { Id } from '@nephos/model/kernel/ids.ts';
import { getForChange } from '../identity/access/guarded-loader.ts';
import type { Actor } from '../platform/actor.ts';
import { PlatformError } from '../platform/errors.ts';
import { tellOfCancellation } from '../platform/jobs/cancellation.ts';
import type { JobRow } from '../platform/jobs/job-store.ts';
import type { Platform } from '../platform/platform.ts';

const unfinished: readonly JobRow['status'][] = ['QUEUED', 'RUNNING'];

/** What people do to jobs. */
export class JobService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Whether a job can still be cancelled: it is under way and has not passed its saga's point of no return. */
  isCancellable(job: JobRow): boolean {
    if (!unfinished.includes(job.status) || job.error !== null) return false;
    const { noReturnFrom, noReturnAfter } = this.#platform.runner.sagaOf(job.kind);
    const statusOf = (step: string | undefined) => job.steps.find(({ name }) => name === step)?.status;
    const hasBegun = (statusOf(noReturnFrom) ?? 'PENDING') !== 'PENDING';
    return job.status === 'QUEUED' || (!hasBegun && statusOf(noReturnAfter) !== 'SUCCEEDED');
  }

  async cancel(actor: Actor, id: Id<'Job'>): Promise<{ jobId: string }> {
    const { mutations, clock } = this.#platform;
    await mutations.run({ action: 'job.cancel', actor, input: {} }, async (mutation) => {
      const job = await getForChange(mutation.tx, actor, 'Job', id, 'job.cancel');
      if (!this.isCancellable(job)) {
        throw new PlatformError(
          'INVALID_STATE',
          `job ${job.kind} is ${job.status} and can no longer be cancelled`,
          {
            details: { id, status: job.status },
          },
        );
      }
      await mutation.tx
        .updateTable('Job')
        .set({ cancelRequestedAt: clock.now() })
        .where('id', '=', id)
        .execute();
      mutation.concerns('Job', id, job.accountId, { kind: job.kind });
      return {};
    });
    await tellOfCancellation(this.#platform, id);
    return { jobId: id };
  }

  /**
   * Has `again` ask for what a failed job was to do; the notice of the failure is then put away.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, INVALID_STATE, and what `again` throws
   */
  async retry(
    actor: Actor,
    id: Id<'Job'>,
    again: (job: JobRow) => Promise<{ jobId: string }> | undefined,
  ): Promise<{ jobId: string }> {
    const { db, clock } = this.#platform;
    const job = await getForChange(db, actor, 'Job', id, 'job.retry');
    const asked = job.status === 'FAILED' ? again(job) : undefined;
    if (asked === undefined) {
      throw new PlatformError(
        'INVALID_STATE',
        `job ${job.kind} is ${job.status} and cannot be asked for again; that needs a FAILED one of another kind`,
        {
          details: { id, kind: job.kind, status: job.status },
          remedy: 'ask for it as it was asked for the first time',
        },
      );
    }
    const answer = await asked;
    await db
      .updateTable('Job')
      .set({ dismissedAt: clock.now() })
      .where('id', '=', id)
      .where('dismissedAt', 'is', null)
      .execute();
    return answer;
  }

  async resume(actor: Actor, id: Id<'Job'>): Promise<{ jobId: string }> {
    return this.#platform.mutations.run({ action: 'job.resume', actor, input: {} }, async (mutation) => {
      const job = await getForChange(mutation.tx, actor, 'Job', id, 'job.resume');
      const resumed = await mutation.tx
        .updateTable('Job')
        // With no lease it is any server's to take up, and what it has to do next is to go on taking back.
        .set({ status: 'RUNNING', leaseServerId: null })
        .where('id', '=', id)
        .where('status', '=', 'STUCK')
        .returning('id')
        .executeTakeFirst();
      if (resumed === undefined) {
        throw new PlatformError(
          'INVALID_STATE',
          `job ${job.kind} is ${job.status}; only a STUCK job can be resumed`,
          {
            details: { id, status: job.status },
          },
        );
      }
      mutation.concerns('Job', id, job.accountId, { kind: job.kind });
      return { jobId: id };
    });
  }
}
