import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { findActorRow } from '../../identity/access/actor-store.ts';
import { lockForChange } from '../../identity/access/guarded-loader.ts';
import type { Actor } from '../../platform/actor.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import type { PublicAddresses } from '../../platform/public-addresses.ts';
import { wakeUsageDaemon } from '../usage-export/order.ts';
import { orderRun, type ScheduleRow } from './order-run.ts';

/** Runs of export schedules: asked for by people, beside those that are due by themselves. */
export class ExportRunService {
  readonly #platform: Platform;
  readonly #addresses: PublicAddresses;

  constructor(platform: Platform, addresses: PublicAddresses) {
    this.#platform = platform;
    this.#addresses = addresses;
  }

  /**
   * Has a schedule carried out at once, for the day or month before this moment. When it is due next stays as it is.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, INVALID_STATE while that day or month is not closed, or not billed
   */
  runNow(
    actor: Actor,
    input: { id: Id<'UsageExportSchedule'>; idempotencyKey?: string | null | undefined },
  ): Promise<{ runId: string }> {
    const action = 'usageExportSchedule.run';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx, at } = mutation;
      const schedule = await lockForChange(tx, actor, 'UsageExportSchedule', input.id, action);
      const owner = await ownerOf(tx, schedule);
      const deps = { settings: this.#platform.settings, addresses: this.#addresses };
      const run = await orderRun(tx, deps, { schedule, actor: owner, dueAt: at, at });
      if (typeof run !== 'string') {
        const { waitsFor, remedy } = run;
        throw new PlatformError('INVALID_STATE', waitsFor, { details: { scheduleId: schedule.id }, remedy });
      }
      mutation.concerns('UsageExportSchedule', schedule.id, owner.accountId, { runId: run });
      return { runId: run };
    });
  }

  /**
   * Has a file that could not be sent tried again, from where it was.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, INVALID_STATE unless it failed and its file is still there
   */
  retry(actor: Actor, input: { id: Id<'UsageExportRun'> }): Promise<{ runId: string }> {
    const action = 'usageExportSchedule.run';
    return this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx, at } = mutation;
      const run = await lockForChange(tx, actor, 'UsageExportRun', input.id, action);
      const isThere = run.exportId !== null && (await isReady(tx, run.exportId));
      if (run.state !== 'FAILED' || !isThere) {
        const why = run.state === 'FAILED' ? 'its file is gone' : `it is ${run.state}`;
        throw new PlatformError('INVALID_STATE', `the run cannot be tried again: ${why}`, {
          details: { state: run.state },
          ...(run.state === 'FAILED' && { remedy: 'run the schedule again' }),
        });
      }
      await tx
        .updateTable('UsageExportRun')
        .set({ state: 'SENDING', attempt: 0, nextAttemptAt: at, problem: null, finishedAt: null })
        .where('id', '=', run.id)
        .execute();
      await wakeUsageDaemon(tx);
      mutation.concerns('UsageExportRun', run.id, actor.accountId, { scheduleId: run.scheduleId });
      return { runId: run.id };
    });
  }
}

async function isReady(tx: Transaction, id: Id<'UsageExport'>): Promise<boolean> {
  const file = await tx.selectFrom('UsageExport').select('state').where('id', '=', id).executeTakeFirst();
  return file?.state === 'READY';
}

/**
 * Whose schedule it is, with the rights of this moment.
 * @throws PlatformError INVALID_STATE when that user, or the account, is disabled
 */
export async function ownerOf(tx: Transaction, { userId }: Pick<ScheduleRow, 'userId'>): Promise<Actor> {
  const found = await findActorRow(tx, { where: sql<boolean>`u."id" = ${userId}` });
  if (found === undefined)
    throw new PlatformError('INVALID_STATE', 'its user is disabled', { details: { userId } });
  return found.actor({ sessionId: null, apiKeyId: null, clientAddress: '', expiresAt: null });
}
