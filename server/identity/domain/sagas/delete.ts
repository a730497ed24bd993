import { idField } from '@nephos/agent-protocol/fields.ts';
import type { Database, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { z } from 'zod';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import type { AccountRemoval } from '../../account/account-removal.ts';
import { accountsThatGo, keepDisabled } from '../../account/deletion-store.ts';
import { lockTree } from '../store.ts';

const deleteDomainInput = z.object({ domainId: idField('Domain') });

type DeleteDomainOutputs = { removeMachines: undefined; removeImages: undefined; removeDomain: undefined };

/**
 * Removes a branch of the tree with its accounts, its projects, and all that they own. If something cannot be removed,
 * the branch stays with the rest, and its accounts are disabled.
 */
export function deleteDomainSaga({ db, removal }: { db: Database; removal: AccountRemoval }) {
  return defineSaga<z.output<typeof deleteDomainInput>, DeleteDomainOutputs>({
    kind: 'domain.delete',
    input: deleteDomainInput,
    noReturnFrom: 'removeMachines',
    steps: [
      {
        name: 'removeMachines',
        act: async (run) => {
          await removal.removeMachines(run, () => accountsThatGo(db, run.input));
        },
      },
      {
        name: 'removeImages',
        act: async (run) => {
          await removal.removeImages(run, () => accountsThatGo(db, run.input));
        },
      },
      {
        name: 'removeDomain',
        record: async (tx, { input }) => {
          await lockTree(tx);
          await removal.forget(tx, await accountsThatGo(tx, input));
          await forgetBranch(tx, input.domainId);
        },
      },
    ],
    failed: async (tx, { input }) => {
      await keepDisabled(tx, input);
      await tx
        .updateTable('Domain')
        .set({ state: 'ACTIVE' })
        .where(sql<boolean>`"lineage" @> array[${input.domainId}]::text[]`)
        .execute();
    },
  });
}

/**
 * Zones and offerings that were for these domains alone stay as they are: were their ids taken out, what was for few
 * would be open to all.
 */
async function forgetBranch(tx: Transaction, domainId: Id<'Domain'>): Promise<void> {
  const branch = sql<Id<'Domain'>>`(select "id" from "Domain" where "lineage" @> array[${domainId}]::text[])`;
  await tx.deleteFrom('ResourceLimit').where('ownerId', 'in', branch).execute();
  await tx.deleteFrom('Setting').where('scopeId', 'in', branch).execute();
  await tx.deleteFrom('IdentityProvider').where('domainId', 'in', branch).execute();
  await tx.deleteFrom('Domain').where('id', 'in', branch).execute();
}
