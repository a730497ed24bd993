import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { Settings } from '../../platform/settings/settings.ts';
import { readPolicies } from '../arrears/policies.ts';
import { readBalances } from '../balance/read-balances.ts';

/**
 * Keeps an account that must not owe anything from paying more than it has. To be called once the payment is posted: that
 * locks the balance.
 * @throws PlatformError INVALID_STATE
 */
export async function assertNotOverdrawn(
  tx: Transaction,
  settings: Settings,
  { accountId, currency, price }: { accountId: Id<'Account'>; currency: string; price: string },
): Promise<void> {
  if (!settings.get('quota.enable.service') || (await readPolicies(tx, [accountId])).size === 0) return;
  const balance = await tx
    .selectFrom('Balance')
    .select(['id', 'accountId', 'currency', 'settled'])
    .where('accountId', '=', accountId)
    .where('currency', '=', currency)
    .executeTakeFirstOrThrow();
  const left = (await readBalances(tx, [balance])).get(balance.id)?.amount;
  if (left === undefined || left.numerator >= 0n) return;
  throw new PlatformError(
    'INVALID_STATE',
    `the balance does not suffice: ${price} ${currency} would have to be paid`,
    {
      details: { accountId, price, currency },
      remedy: 'have the account credited first',
    },
  );
}
