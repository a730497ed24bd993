import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { roundMoney, currencyPlaces } from '@nephos/usage/rate/money.ts';
import { sql } from 'kysely';
import { PlatformError } from '../../platform/errors.ts';
import { readBalances } from '../balance/read-balances.ts';

/**
 * Keeps an account that must not owe anything from paying more than it has. To be called once the payment is posted: that
 * locks the balance.
 * @throws PlatformError INVALID_STATE
 */
export async function assertNotOverdrawn(
  tx: Transaction,
  accountId: Id<'Account'>,
  currency: string,
): Promise<void> {
  if (!(await isEnforced(tx, accountId))) return;
  const balance = await tx
    .selectFrom('Balance')
    .select(['id', 'accountId', 'currency', 'settled'])
    .where('accountId', '=', accountId)
    .where('currency', '=', currency)
    .executeTakeFirstOrThrow();
  const left = (await readBalances(tx, [balance])).get(balance.id)?.amount;
  if (left === undefined || left.numerator >= 0n) return;
  const missing = roundMoney({ ...left, numerator: -left.numerator }, currencyPlaces(currency));
  throw new PlatformError(
    'INVALID_STATE',
    `the balance does not suffice: ${missing} ${currency} are missing`,
    {
      details: { accountId, missing, currency },
      remedy: 'have the account credited first',
    },
  );
}

/** The account's own policy counts, then the nearest domain's; without any it may owe what it likes. */
async function isEnforced(tx: Transaction, accountId: Id<'Account'>): Promise<boolean> {
  const { rows } = await sql<{ isEnforced: boolean }>`
    select policy."isEnforced" from "Account" a join "Domain" d on d."id" = a."domainId"
    join "QuotaPolicy" policy on policy."accountId" = a."id" or policy."domainId" = any(d."lineage")
    where a."id" = ${accountId}
    order by policy."accountId" is null, array_position(d."lineage", policy."domainId") desc limit 1`.execute(
    tx,
  );
  return rows[0]?.isEnforced ?? false;
}
