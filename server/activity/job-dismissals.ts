import type { Id } from '@nephos/model/kernel/ids.ts';
import { getGuarded } from '../identity/access/guarded-loader.ts';
import type { Actor } from '../platform/actor.ts';
import { invalid, PlatformError } from '../platform/errors.ts';
import type { JobRow } from '../platform/jobs/job-store.ts';
import type { Platform } from '../platform/platform.ts';

/** Most jobs that are dismissed in one request. */
export const mostDismissed = 100;

const dismissible: readonly JobRow['status'][] = ['SUCCEEDED', 'FAILED', 'CANCELLED', 'STUCK'];

/** Notices of failures, as those put them away who asked for the jobs. */
export class JobDismissals {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** @throws PlatformError NOT_FOUND, FORBIDDEN, INVALID_STATE, VALIDATION_FAILED */
  async dismiss(actor: Actor, ids: readonly Id<'Job'>[]): Promise<{ jobIds: Id<'Job'>[] }> {
    if (ids.length === 0 || ids.length > mostDismissed)
      throw invalid('input.ids', ids.length, `must be from 1 to ${mostDismissed} ids`);
    const wanted = [...new Set(ids)];
    const action = 'job.dismiss';
    await this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx, at } = mutation;
      for (const id of wanted) assertDismissible(actor, await getGuarded(tx, actor, 'Job', id, action));
      await tx
        .updateTable('Job')
        .set({ dismissedAt: at })
        .where('id', 'in', wanted)
        .where('dismissedAt', 'is', null)
        .execute();
      const [only] = wanted;
      if (only !== undefined) mutation.concerns('Job', only, undefined, { count: wanted.length });
      return {};
    });
    return { jobIds: wanted };
  }
}

/** @throws PlatformError FORBIDDEN, INVALID_STATE */
function assertDismissible(actor: Actor, { id, kind, status, actorUserId, actorName }: JobRow): void {
  if (actorUserId !== actor.userId) {
    throw new PlatformError('FORBIDDEN', `job ${id} was asked for by ${actorName}, not by you`, {
      details: { id },
    });
  }
  if (!dismissible.includes(status)) {
    throw new PlatformError('INVALID_STATE', `job ${kind} is ${status}: its end is not known yet`, {
      details: { id, status },
    });
  }
}
