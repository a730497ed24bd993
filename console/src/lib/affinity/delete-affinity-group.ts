import { mutate, newIdempotencyKey } from '../api/connection.svelte.ts';
import { formatNumber } from '../i18n/format.ts';
import { notices } from '../notices/notices.svelte.ts';
import { m } from '#messages';
import {
  createAffinityGroupMutation,
  deleteAffinityGroupMutation,
  type AffinityGroup,
} from './affinity-queries.ts';

type DeletedGroup = Pick<
  AffinityGroup,
  'id' | 'name' | 'description' | 'kind' | 'enforcement' | 'account' | 'virtualMachines'
>;

/** What follows from deleting a group. */
export function affinityImpact({ virtualMachines }: Pick<DeletedGroup, 'virtualMachines'>): string[] {
  const count = virtualMachines.length;
  return [
    count === 0 ? m.affinity_impact_empty() : m.affinity_impact_machines({ count: formatNumber(count) }),
  ];
}

/** Deletes a group; one that was empty can be had back at once. @throws ProblemError */
export async function deleteAffinityGroup(group: DeletedGroup): Promise<void> {
  const { id, name, description, kind, enforcement, account, virtualMachines } = group;
  await mutate(deleteAffinityGroupMutation, { input: { id } });
  if (virtualMachines.length > 0) return;
  const input = { name, description, kind, enforcement, accountId: account?.id ?? null };
  notices.say(m.affinity_deleted({ name }), {
    label: m.common_undo(),
    do: () => {
      mutate(createAffinityGroupMutation, { input: { ...input, idempotencyKey: newIdempotencyKey() } }).catch(
        (error: unknown) => notices.fail(m.common_undo_failed(), error),
      );
    },
  });
}
