import { idField } from '@nephos/agent-protocol/fields.ts';
import type { Database } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { z } from 'zod';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import type { AccountMachines } from '../account-machines.ts';

const stopMachinesInput = z.object({ accountId: idField('Account') });

/** Whether an account's machines are to be off: it is disabled, or the account of a suspended project. */
async function mustBeOff(db: Database, accountId: Id<'Account'>): Promise<boolean> {
  const account = await db
    .selectFrom('Account')
    .leftJoin('Project', 'Project.accountId', 'Account.id')
    .select(['Account.state', 'Project.state as projectState'])
    .where('Account.id', '=', accountId)
    .executeTakeFirst();
  return account !== undefined && (account.state === 'DISABLED' || account.projectState === 'SUSPENDED');
}

/** Stops every machine of an account and waits until they are off. It ends early when the account may go on. */
export function stopMachinesSaga({ db, machines }: { db: Database; machines: AccountMachines }) {
  return defineSaga<z.output<typeof stopMachinesInput>, { stopMachines: undefined }>({
    kind: 'account.stopMachines',
    input: stopMachinesInput,
    steps: [
      {
        name: 'stopMachines',
        act: async (run) => {
          const { accountId } = run.input;
          await machines.stop(run, async () => ((await mustBeOff(db, accountId)) ? [accountId] : []));
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.accountId),
  });
}
