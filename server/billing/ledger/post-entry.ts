import type { NewRow, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import type { Actor } from '../../platform/actor.ts';
import { isPayable } from './amount.ts';

/** Money that comes to an account, or goes. */
export interface NewEntry extends Pick<
  NewRow<'LedgerEntry'>,
  'accountId' | 'currency' | 'kind' | 'month' | 'note' | 'at'
> {
  /** Decimal text with no more places than the currency is paid in; negative where it goes. */
  amount: string;
  /** What makes it: one thing makes one entry of a kind, however often it is posted. `null`: a thing of its own. */
  referenceId: string | null;
  /** `null`: the platform itself. */
  actor: Actor | null;
}

/**
 * Appends to the ledger, and to the balance of the account, which is locked until the transaction ends. What is posted
 * again stays as it was.
 * @returns the entry, and whether it is a new one
 * @throws RangeError for an amount that cannot be paid
 */
export async function postEntry(
  tx: Transaction,
  { actor, ...entry }: NewEntry,
): Promise<{ entryId: Id<'LedgerEntry'>; isNew: boolean }> {
  const { accountId, currency, amount, kind } = entry;
  if (!isPayable(amount, currency)) throw new RangeError(`${amount} ${currency} cannot be paid`);
  // First of all: of two that are posted at once the second waits here.
  await lockBalance(tx, accountId, currency);
  const id = newId('LedgerEntry');
  const referenceId = entry.referenceId ?? id;
  const inserted = await tx
    .insertInto('LedgerEntry')
    .values({
      ...{ ...entry, id, referenceId },
      ...{ actorUserId: actor?.userId ?? null, actorName: actor?.username ?? 'system' },
    })
    .onConflict((conflict) => conflict.columns(['kind', 'referenceId']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted === undefined) {
    const earlier = await tx
      .selectFrom('LedgerEntry')
      .select('id')
      .where('kind', '=', kind)
      .where('referenceId', '=', referenceId)
      .executeTakeFirstOrThrow();
    return { entryId: earlier.id, isNew: false };
  }
  await sql`
    update "Balance" set "settled" = "settled" + ${amount}::numeric
    where "accountId" = ${accountId} and "currency" = ${currency}`.execute(tx);
  return { entryId: id, isNew: true };
}

async function lockBalance(tx: Transaction, accountId: Id<'Account'>, currency: string): Promise<void> {
  await tx
    .insertInto('Balance')
    .values({ id: newId('Balance'), accountId, currency })
    .onConflict((conflict) => conflict.columns(['accountId', 'currency']).doNothing())
    .execute();
  await tx
    .selectFrom('Balance')
    .select('id')
    .where('accountId', '=', accountId)
    .where('currency', '=', currency)
    .forUpdate()
    .execute();
}
