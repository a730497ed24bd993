import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { Actor } from '../../platform/actor.ts';
import { changedFields } from '../../platform/audit/changed-fields.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { holdAffinity, readAffinity } from '../placement/affinity.ts';
import { loadMachine, type MachineInput } from '../virtual-machine/machine-change.ts';
import { move, type MachineRow } from '../virtual-machine/store.ts';
import { affinityGroupsOf, groupsOf, insertMembers } from './members.ts';

export interface UpdateAffinityInput extends MachineInput {
  /** All groups that it is to be in. */
  affinityGroupIds: readonly Id<'AffinityGroup'>[];
}

/** Puts machines into affinity groups. */
export class AffinityMembershipService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /**
   * Where a machine is on a host, that must agree with what its groups demand.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, VERSION_CONFLICT, INVALID_STATE
   */
  update(actor: Actor, input: UpdateAffinityInput): Promise<{ virtualMachineId: string }> {
    const action = 'virtualMachine.updateAffinity';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx } = mutation;
      const seen = await loadMachine(tx, actor, input, action);
      // Holds it first, as its start does: from then on it does not get onto a host.
      const machine = await move(tx, seen.id, 'changeAffinity');
      const { accountId, id } = machine;
      const account = await tx
        .selectFrom('Account')
        .select(['id as accountId', 'name'])
        .where('id', '=', accountId)
        .executeTakeFirstOrThrow();
      const wanted = await affinityGroupsOf(
        { tx, actor, isHeld: true },
        input.affinityGroupIds,
        account,
        action,
      );
      await holdAffinity(tx, { affinityGroupIds: wanted, forMachineId: id });
      const before = (await groupsOf(tx, [id])).get(id) ?? [];
      const leaves = before.filter((groupId) => !wanted.includes(groupId));
      if (leaves.length > 0) {
        await tx
          .deleteFrom('AffinityGroupMember')
          .where('virtualMachineId', '=', id)
          .where('affinityGroupId', 'in', leaves)
          .execute();
      }
      await insertMembers(
        tx,
        id,
        wanted.filter((groupId) => !before.includes(groupId)),
      );
      await assertAgreeing(tx, machine);
      mutation.concerns(
        'VirtualMachine',
        id,
        accountId,
        changedFields({ affinityGroupIds: before }, { affinityGroupIds: [...wanted].sort() }),
      );
      return { virtualMachineId: id };
    });
  }
}

/** @throws PlatformError INVALID_STATE when a machine is where its groups do not want it */
async function assertAgreeing(tx: Transaction, { id, name, hostId }: MachineRow): Promise<void> {
  if (hostId === null) return;
  const { together, apart } = await readAffinity(tx, { forMachineId: id });
  const isAlone = together?.some((other) => other !== hostId) ?? false;
  if (!isAlone && !apart.includes(hostId)) return;
  throw new PlatformError(
    'INVALID_STATE',
    isAlone
      ? `${name} runs on another host than machines that it must be together with`
      : `${name} runs on the host of a machine that it must be apart from`,
    { details: { id }, remedy: 'stop it first; its next start puts it where its groups want it' },
  );
}
