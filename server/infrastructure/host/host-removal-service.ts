import type { Transaction } from '@nephos/model/database.ts';
import { lockForChange } from '../../identity/access/guarded-loader.ts';
import type { Actor } from '../../platform/actor.ts';
import { PlatformError } from '../../platform/errors.ts';
import { assertVersion } from '../../platform/expected-version.ts';
import type { Platform } from '../../platform/platform.ts';
import type { HostRow } from './admin-moves.ts';
import type { HostInput } from './host-admin-service.ts';
import { addressOf, type SshInput } from '../host-installation/ssh-input.ts';
import { assertRemovable, closeLocalPools } from './host-removal.ts';
import { deleteHostKind, deleteHostSaga, type DeleteHostDeps } from './sagas/delete.ts';

export interface DeleteHostInput extends HostInput {
  /** Though it is silent and its machines may be there. */
  isForced: boolean;
  /** Somebody went and looked: nothing runs there any more. */
  confirmsThatItIsOff: boolean;
  /** How to get in, to take the agent off. */
  ssh?: SshInput | null | undefined;
}

const action = 'host.delete';

/** Removes hosts. */
export class HostRemovalService {
  readonly #platform: Platform;
  readonly #cleaning: DeleteHostDeps['cleaning'];
  readonly #saga: ReturnType<typeof deleteHostSaga>;

  constructor(platform: Platform, deps: Omit<DeleteHostDeps, 'platform'>) {
    this.#platform = platform;
    this.#cleaning = deps.cleaning;
    this.#saga = deleteHostSaga({ platform, ...deps });
    platform.runner.register(this.#saga);
  }

  /**
   * Deletes a host on which nothing is. By force one that is silent and will never come back is deleted, and its
   * machines, which nobody knows anything of, are believed to be off.
   * @throws PlatformError NOT_FOUND, INVALID_STATE, RESOURCE_IN_USE, VERSION_CONFLICT
   */
  delete(actor: Actor, input: DeleteHostInput): Promise<{ hostId: string; jobId: string }> {
    // A key is compared with what is not secret: a hash of a password would be one in the database.
    const compared = { ...input, ssh: input.ssh && addressOf(input.ssh, null) };
    return this.#platform.mutations.run({ action, actor, input: compared }, async (mutation) => {
      const { tx } = mutation;
      // Of two who ask at once the second waits here, and finds the first one's job.
      const host = await lockForChange(tx, actor, 'Host', input.id, action);
      assertVersion(`host ${host.name}`, host, input);
      await assertNotBeingDeleted(tx, host);
      if (input.isForced) assertSilent(host);
      const isSurelyOff = input.isForced && input.confirmsThatItIsOff;
      await assertRemovable(tx, host, { isSurelyOff });
      const machines = await tx
        .selectFrom('VirtualMachine')
        .select('id')
        .where('lastHostId', '=', host.id)
        .where('hostId', 'is', null)
        .execute();
      mutation.concerns('Host', host.id, null, { name: host.name, isForced: input.isForced, isSurelyOff });
      const job = await mutation.startJob(
        this.#saga,
        {
          hostId: host.id,
          agentId: host.agentId,
          ssh: await this.#cleaning.keep(tx, host, input.ssh),
          isReachable: host.linkState === 'UP',
          isSurelyOff,
          machineIds: machines.map(({ id }) => id),
          pools: await closeLocalPools(tx, host.id),
        },
        { kind: 'Host', id: host.id, accountId: null },
      );
      return { hostId: host.id, jobId: job.id };
    });
  }
}

/** @throws PlatformError RESOURCE_IN_USE while a job deletes it */
async function assertNotBeingDeleted(tx: Transaction, { id, name }: HostRow): Promise<void> {
  const job = await tx
    .selectFrom('Job')
    .select('id')
    .where('targetId', '=', id)
    .where('kind', '=', deleteHostKind)
    .where('finishedAt', 'is', null)
    .executeTakeFirst();
  if (job === undefined) return;
  throw new PlatformError('RESOURCE_IN_USE', `host ${name} is being deleted already`, {
    details: { id, jobId: job.id },
    remedy: 'wait for the end of that job',
  });
}

/** @throws PlatformError INVALID_STATE for a host that can be asked */
function assertSilent({ id, name, linkState }: HostRow): void {
  if (linkState === 'ALERT' || linkState === 'DOWN') return;
  throw new PlatformError(
    'INVALID_STATE',
    `host ${name} is ${linkState}; only one that is ALERT or DOWN is deleted by force`,
    {
      details: { id, linkState },
      remedy: 'prepare it for maintenance, and delete it without force',
    },
  );
}
