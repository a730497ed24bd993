import { mutate } from '../api/connection.svelte.ts';
import type { Bulk } from '../list/bulk/bulk-action.ts';
import { deletion } from '../list/bulk/deletion.ts';
import { session } from '../session/session.svelte.ts';
import { m } from '#messages';
import { deleteDiskOfferingMutation, deleteServiceOfferingMutation } from './offering-queries.ts';

/** What offerings of machines and of disks have in common. */
interface Offering {
  id: string;
  name: string;
  version: number;
}

/** Offers something no longer. @throws ProblemError */
export async function deleteOffering(
  kind: 'serviceOffering' | 'diskOffering',
  { id, version }: Offering,
): Promise<void> {
  const input = { id, expectedVersion: version };
  await (kind === 'serviceOffering'
    ? mutate(deleteServiceOfferingMutation, { input })
    : mutate(deleteDiskOfferingMutation, { input }));
}

/** What can be done to many offerings at once; `undefined` where the role allows nothing of it. */
export function offeringBulk(kind: 'serviceOffering' | 'diskOffering'): Bulk<Offering> | undefined {
  if (!session.can(`${kind}.delete`)) return undefined;
  return deletion<Offering>(
    {
      isForGood: true,
      impact: () => [m.offerings_bulk_delete(), m.offerings_impact_price()],
      run: async (offering) => {
        await deleteOffering(kind, offering);
        return undefined;
      },
    },
    { nameOf: ({ name }) => name, pathOf: ({ id }) => `/offerings/${id}` },
  );
}
