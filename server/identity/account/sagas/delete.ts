import { idField } from '@nephos/agent-protocol/fields.ts';
import type { Database } from '@nephos/model/database.ts';
import { z } from 'zod';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import type { AccountRemoval } from '../account-removal.ts';
import { accountsThatGo, keepDisabled } from '../deletion-store.ts';

const deleteAccountInput = z.object({ accountId: idField('Account') });

type DeleteAccountOutputs = { removeMachines: undefined; removeImages: undefined; removeAccount: undefined };

/**
 * Removes an account, the projects it made, and all that they own. What is gone is gone: if something cannot be
 * removed, the account stays with the rest, disabled.
 */
export function deleteAccountSaga({ db, removal }: { db: Database; removal: AccountRemoval }) {
  return defineSaga<z.output<typeof deleteAccountInput>, DeleteAccountOutputs>({
    kind: 'account.delete',
    input: deleteAccountInput,
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
        name: 'removeAccount',
        record: async (tx, { input }) => removal.forget(tx, await accountsThatGo(tx, input)),
      },
    ],
    failed: (tx, { input }) => keepDisabled(tx, input),
  });
}
