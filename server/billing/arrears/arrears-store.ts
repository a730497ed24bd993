import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { ArrearsStage } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { currencyPlaces, roundMoney } from '@nephos/usage/rate/money.ts';
import { sql } from 'kysely';
import { readBalances, type BalanceNow } from '../balance/read-balances.ts';

/** A balance with what is left of it. */
export interface CountedBalance {
  row: Row<'Balance'>;
  now: BalanceNow;
}

/** Balances with what is left of each. @param accountIds of these accounts */
export async function readCounted(
  db: Database | Transaction,
  accountIds: readonly string[],
): Promise<CountedBalance[]> {
  const rows = await db
    .selectFrom('Balance')
    .selectAll()
    .where('accountId', 'in', accountIds as Id<'Account'>[])
    .orderBy('currency')
    .execute();
  const counted = await readBalances(db, rows);
  return rows.flatMap((row) => {
    const now = counted.get(row.id);
    return now === undefined ? [] : [{ row, now }];
  });
}

/** What is left, with the places in which it is paid: `-12.30`. */
export const shownAmount = ({ row, now }: CountedBalance) =>
  roundMoney(now.amount, currencyPlaces(row.currency));

/** Whether something is owed: a part of a cent that was used is not. */
export const isBelowZero = (balance: CountedBalance) => shownAmount(balance).startsWith('-');

/** All balances of an account, for people: `-12.30 CNY, 5.00 EUR`. */
export const shownBalances = (balances: readonly CountedBalance[]) =>
  balances.map((balance) => `${shownAmount(balance)} ${balance.row.currency}`).join(', ');

/** Arrears of an account, as long as they are at a stage. */
export function findAt(
  db: Database | Transaction,
  accountId: Id<'Account'>,
  stages: readonly ArrearsStage[],
): Promise<Row<'Arrears'> | undefined> {
  return db
    .selectFrom('Arrears')
    .selectAll()
    .where('accountId', '=', accountId)
    .where('stage', 'in', stages)
    .executeTakeFirst();
}

/** Takes an account out of arrears: it may do all again, and is unlocked if it was locked because of them. */
export async function releaseAccount(tx: Transaction, accountId: Id<'Account'>): Promise<void> {
  await sql`
    update "Account" set "isInArrears" = false, "state" = case
      when "state" = 'LOCKED' and exists (
        select 1 from "Arrears" where "accountId" = ${accountId} and "hasLocked") then 'ENABLED'
      else "state" end
    where "id" = ${accountId}`.execute(tx);
}

/** What an administrator decides about an account from now on is not taken back when it is paid. */
export async function leaveStateAlone(tx: Transaction, accountId: Id<'Account'>): Promise<void> {
  await tx
    .updateTable('Arrears')
    .set({ hasLocked: false })
    .where('accountId', '=', accountId)
    .where('hasLocked', '=', true)
    .execute();
}

/** Nothing is left of arrears. */
export async function forgetArrears(tx: Transaction, accountId: Id<'Account'>): Promise<void> {
  await tx.deleteFrom('ArrearsStop').where('accountId', '=', accountId).execute();
  await tx.deleteFrom('Arrears').where('accountId', '=', accountId).execute();
}
