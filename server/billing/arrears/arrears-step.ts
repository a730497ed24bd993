import type { Transaction } from '@nephos/model/database.ts';
import type { ArrearsStage, NoticeKind } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { tellAccount } from '../notification/tell-account.ts';
import { readCounted, shownBalances } from './arrears-store.ts';
import { readPolicies } from './policies.ts';
import { nextStage } from './stages.ts';

const kinds = {
  WARNED: 'ARREARS_WARNED',
  GRACE: 'ARREARS_GRACE',
  STOPPED: 'ARREARS_STOPPED',
  LOCKED: 'ARREARS_LOCKED',
  LIFTING: 'ARREARS_LIFTED',
} as const satisfies Record<ArrearsStage, NoticeKind>;

/** A moment as people read it. */
const shownMoment = (at: Date) => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** Tells the owner of an account how far it has come, if it still has: once for each stage of its arrears. */
export async function tellOfStage(
  tx: Transaction,
  accountId: Id<'Account'>,
  stage: ArrearsStage,
  at: Date,
): Promise<void> {
  const arrears = await tx
    .selectFrom('Arrears')
    .innerJoin('Account', 'Account.id', 'Arrears.accountId')
    .select(['Arrears.id', 'Arrears.since', 'Account.name'])
    .where('Arrears.accountId', '=', accountId)
    .where('Arrears.stage', '=', stage)
    .executeTakeFirst();
  if (arrears === undefined) return;
  const policy = (await readPolicies(tx, [accountId])).get(accountId);
  const next = policy && nextStage(policy, stage, arrears.since);
  await tellAccount(tx, {
    ...{ accountId, kind: kinds[stage], occasion: `${arrears.id} ${stage}`, at },
    facts: {
      account: arrears.name,
      balances: shownBalances(await readCounted(tx, [accountId])),
      ...(next !== undefined && stage !== 'LIFTING' && { next: next.stage, nextAt: shownMoment(next.at) }),
    },
  });
}
