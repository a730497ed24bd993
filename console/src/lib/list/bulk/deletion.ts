import Trash2 from '~icons/lucide/trash-2';
import { m } from '#messages';
import type { Bulk, BulkAction } from './bulk-action.ts';

type Deletion<Row> = Pick<BulkAction<Row>, 'impact'> &
  Partial<Pick<BulkAction<Row>, 'isForGood' | 'reasonAgainst'>> & {
    /** Deletes one. @returns id of the job that works on it, if it takes time @throws ProblemError */
    run: (row: Row) => Promise<string | undefined>;
  };

/** Deleting many: all that can be done to many of what is only made and deleted. */
export function deletion<Row>(
  { isForGood = false, reasonAgainst = () => null, ...rest }: Deletion<Row>,
  rows: Omit<Bulk<Row>, 'actions'>,
): Bulk<Row> {
  return {
    actions: [
      {
        id: 'DELETE',
        label: m.common_delete(),
        icon: Trash2,
        isDangerous: true,
        isForGood,
        reasonAgainst,
        ...rest,
      },
    ],
    ...rows,
  };
}
