import type { Database } from '@nephos/model/database.ts';
import { addMoney, type Money } from '@nephos/usage/rate/money.ts';
import { exactAmount } from '../ledger/amount.ts';
import { tellAccount } from '../notification/tell-account.ts';
import { shownAmount, type CountedBalance } from './arrears-store.ts';
import type { EffectivePolicy } from './policies.ts';

/** Whether an amount is below another. */
function isBelow(amount: Money, { numerator, denominator }: Money): boolean {
  return addMoney(amount, { numerator: -numerator, denominator }).numerator < 0n;
}

/** The lowest of some amounts that a balance is below; `null` when it is below none. */
export function lowestAbove(amount: Money, thresholds: readonly string[]): string | null {
  const above = thresholds.filter((threshold) => isBelow(amount, exactAmount(threshold)));
  return above.reduce<string | null>(
    (lowest, each) => (lowest === null || isBelow(exactAmount(each), exactAmount(lowest)) ? each : lowest),
    null,
  );
}

/**
 * Tells the owner of each balance that fell below an amount: once for each fall. What is told and that it was told are
 * written together.
 */
export async function tellOfFalls(
  db: Database,
  { accountId, accountName, alertBelow }: EffectivePolicy,
  balances: readonly CountedBalance[],
  at: Date,
): Promise<void> {
  for (const balance of balances) {
    const { row, now } = balance;
    const below = lowestAbove(now.amount, alertBelow);
    if (isSame(below, row.alertedBelow)) continue;
    // It came up part of the way: what it is told of next is the next fall.
    const hasFallen =
      below !== null &&
      (row.alertedBelow === null || isBelow(exactAmount(below), exactAmount(row.alertedBelow)));
    await db.transaction().execute(async (tx) => {
      const taken = await tx
        .updateTable('Balance')
        .set({ alertedBelow: below, ...(hasFallen && { alertCount: row.alertCount + 1 }) })
        .where('id', '=', row.id)
        .where('version', '=', row.version)
        .returning('alertCount')
        .executeTakeFirst();
      // Another server was first, or something was posted meanwhile: the next look sees.
      if (taken === undefined || !hasFallen) return;
      await tellAccount(tx, {
        ...{ accountId, kind: 'BALANCE_LOW', occasion: `${row.id} ${taken.alertCount}`, at },
        facts: { account: accountName, currency: row.currency, balance: shownAmount(balance), below },
      });
    });
  }
}

const isSame = (a: string | null, b: string | null) =>
  a === b ||
  (a !== null &&
    b !== null &&
    !isBelow(exactAmount(a), exactAmount(b)) &&
    !isBelow(exactAmount(b), exactAmount(a)));
