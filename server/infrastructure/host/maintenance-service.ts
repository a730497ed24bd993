import type { Id } from '@nephos/model/kernel/ids.ts';
import type { Actor } from '../../platform/actor.ts';
import { changedFields } from '../../platform/audit/changed-fields.ts';
import { requestCancellation, tellOfCancellation } from '../../platform/jobs/cancellation.ts';
import type { Platform } from '../../platform/platform.ts';
import { moveHost } from './admin-moves.ts';
import { loadHost, type HostAnswer, type HostInput } from './host-admin-service.ts';
import { HostEmptying, type EmptyingDeps, type OnUnmovable } from './host-emptying.ts';
import { waitForReservations } from './host-machines.ts';
import { refillKind, refillSaga } from './sagas/refill.ts';
import { prepareForMaintenanceSaga, prepareKind } from './sagas/prepare-for-maintenance.ts';

export interface PrepareInput extends HostInput {
  onUnmovable: OnUnmovable;
}

export interface CancelInput extends HostInput {
  /** Whether machines that left it come back. */
  returnsMachines: boolean;
}

/** Takes hosts out of service and back. */
export class MaintenanceService {
  readonly #platform: Platform;
  readonly #prepare: ReturnType<typeof prepareForMaintenanceSaga>;
  readonly #refill: ReturnType<typeof refillSaga>;

  constructor(platform: Platform, deps: Omit<EmptyingDeps, 'platform'>) {
    this.#platform = platform;
    const emptying = new HostEmptying({ platform, ...deps });
    this.#prepare = prepareForMaintenanceSaga(emptying);
    this.#refill = refillSaga(emptying);
    platform.runner.register(this.#prepare);
    platform.runner.register(this.#refill);
  }

  /** From now on it takes no machines, and the job has those that are there leave. */
  async prepare(actor: Actor, input: PrepareInput): Promise<{ hostId: string; jobId: string }> {
    const action = 'host.prepareForMaintenance';
    let cancelled: Id<'Job'>[] = [];
    const answer = await this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx, at } = mutation;
      const host = await loadHost(mutation, actor, input, action);
      const { adminState } = await moveHost(tx, host.id, 'prepareForMaintenance');
      await waitForReservations(tx, host.id);
      cancelled = await requestCancellation(tx, { kind: refillKind, targetId: host.id }, at);
      const changes = changedFields({ adminState: host.adminState }, { adminState });
      mutation.concerns('Host', host.id, null, { ...changes, onUnmovable: input.onUnmovable });
      const job = await mutation.startJob(
        this.#prepare,
        { hostId: host.id, onUnmovable: input.onUnmovable },
        { kind: 'Host', id: host.id, accountId: null },
      );
      return { hostId: host.id, jobId: job.id };
    });
    for (const jobId of cancelled) await tellOfCancellation(this.#platform, jobId);
    return answer;
  }

  /** It takes machines again, at once, however far its emptying is; a job brings back what has moved, if asked to. */
  async cancel(actor: Actor, input: CancelInput): Promise<HostAnswer & { jobId?: string }> {
    const action = 'host.cancelMaintenance';
    let cancelled: Id<'Job'>[] = [];
    const answer = await this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx, at } = mutation;
      const host = await loadHost(mutation, actor, input, action);
      const { adminState } = await moveHost(tx, host.id, 'cancelMaintenance');
      cancelled = await requestCancellation(tx, { kind: prepareKind, targetId: host.id }, at);
      const changes = changedFields({ adminState: host.adminState }, { adminState });
      mutation.concerns('Host', host.id, null, { ...changes, returnsMachines: input.returnsMachines });
      if (!input.returnsMachines) return { hostId: host.id };
      const target = { kind: 'Host', id: host.id, accountId: null };
      const job = await mutation.startJob(this.#refill, { hostId: host.id }, target);
      return { hostId: host.id, jobId: job.id };
    });
    for (const jobId of cancelled) await tellOfCancellation(this.#platform, jobId);
    return answer;
  }
}
