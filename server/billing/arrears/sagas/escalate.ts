import { idField } from '@nephos/agent-protocol/fields.ts';
import type { Transaction } from '@nephos/model/database.ts';
import type { ArrearsStage } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { z } from 'zod';
import type { AccessNotices } from '../../../identity/access/access-notices.ts';
import type { AccountMachines } from '../../../identity/account/account-machines.ts';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import type { Platform } from '../../../platform/platform.ts';
import { isPrepaidAt } from '../../prepaid/store.ts';
import { findAt } from '../arrears-store.ts';
import { tellOfStage } from '../arrears-step.ts';

const arrearsInput = z.object({ accountId: idField('Account') });
type ArrearsInput = z.output<typeof arrearsInput>;

export interface EscalationDeps extends Pick<Platform, 'db' | 'clock'> {
  machines: AccountMachines;
  access: AccessNotices;
}

/** What every stage ends with. */
const tellOwner = ({ clock }: EscalationDeps, stage: ArrearsStage) => ({
  name: 'tellOwner' as const,
  record: (tx: Transaction, { input }: { input: ArrearsInput }) =>
    tellOfStage(tx, input.accountId, stage, clock.now()),
});

/** Nothing is made or started for the account from now on, unless it was paid meanwhile. */
async function holdAccount(tx: Transaction, accountId: Id<'Account'>, stage: ArrearsStage): Promise<void> {
  if ((await findAt(tx, accountId, [stage])) === undefined) return;
  await tx.updateTable('Account').set({ isInArrears: true }).where('id', '=', accountId).execute();
}

/** The first step: the owner is told. */
export function warnSaga(deps: EscalationDeps) {
  return defineSaga<ArrearsInput, { tellOwner: undefined }>({
    kind: 'arrears.warn',
    input: arrearsInput,
    noReturnFrom: 'tellOwner',
    steps: [tellOwner(deps, 'WARNED')],
  });
}

/** The second: what runs goes on, and nothing new comes. */
export function holdSaga(deps: EscalationDeps) {
  return defineSaga<ArrearsInput, { holdAccount: undefined; tellOwner: undefined }>({
    kind: 'arrears.hold',
    input: arrearsInput,
    noReturnFrom: 'holdAccount',
    steps: [
      { name: 'holdAccount', record: (tx, { input }) => holdAccount(tx, input.accountId, 'GRACE') },
      tellOwner(deps, 'GRACE'),
    ],
  });
}

/**
 * The third: machines that run are written down, and stopped; not those that are paid for in advance. It ends early when the
 * account is paid.
 */
export function stopSaga(deps: EscalationDeps) {
  const { db, machines, clock } = deps;
  return defineSaga<ArrearsInput, { noteMachines: undefined; stopMachines: undefined; tellOwner: undefined }>(
    {
      kind: 'arrears.stopMachines',
      input: arrearsInput,
      noReturnFrom: 'noteMachines',
      steps: [
        {
          name: 'noteMachines',
          record: async (tx, { input: { accountId } }) => {
            if ((await findAt(tx, accountId, ['STOPPED'])) === undefined) return;
            await holdAccount(tx, accountId, 'STOPPED');
            await sql`
              insert into "ArrearsStop" ("virtualMachineId", "accountId")
              select "id", "accountId" from "VirtualMachine"
              where "accountId" = ${accountId} and "desiredPower" = 'ON' and "state" not in ('STOPPED', 'DESTROYED', 'EXPUNGING', 'ERROR')
                and not ${isPrepaidAt(clock.now())}
              on conflict do nothing`.execute(tx);
          },
        },
        {
          name: 'stopMachines',
          act: async (run) => {
            const { accountId } = run.input;
            const mustBeOff = async () => (await findAt(db, accountId, ['STOPPED', 'LOCKED'])) !== undefined;
            const toStop = async () => ((await mustBeOff()) ? [accountId] : []);
            await machines.stop(run, toStop, isPrepaidAt(clock.now()));
          },
        },
        tellOwner(deps, 'STOPPED'),
      ],
    },
  );
}

/** The last: nobody signs in to the account any more. */
export function lockSaga(deps: EscalationDeps) {
  return defineSaga<ArrearsInput, { lockAccount: undefined; endSessions: undefined; tellOwner: undefined }>({
    kind: 'arrears.lockAccount',
    input: arrearsInput,
    noReturnFrom: 'lockAccount',
    steps: [
      {
        name: 'lockAccount',
        record: async (tx, { input: { accountId } }) => {
          if ((await findAt(tx, accountId, ['LOCKED'])) === undefined) return;
          const locked = await tx
            .updateTable('Account')
            .set({ state: 'LOCKED' })
            .where('id', '=', accountId)
            .where('state', '=', 'ENABLED')
            .returning('id')
            .executeTakeFirst();
          // Whom an administrator had locked out stays so when it is paid.
          if (locked === undefined) return;
          await tx
            .updateTable('Arrears')
            .set({ hasLocked: true })
            .where('accountId', '=', accountId)
            .execute();
          const users = tx.selectFrom('User').select('User.id').where('accountId', '=', accountId);
          await tx.deleteFrom('UserSession').where('userId', 'in', users).execute();
          await tx.deleteFrom('SignInChallenge').where('userId', 'in', users).execute();
        },
      },
      {
        name: 'endSessions',
        act: async ({ input: { accountId } }) => {
          await deps.access.announce({ accountId });
        },
      },
      tellOwner(deps, 'LOCKED'),
    ],
  });
}
