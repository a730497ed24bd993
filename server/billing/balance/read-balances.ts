import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import { addMoney, noMoney, type Money } from '@nephos/usage/rate/money.ts';
import { sql } from 'kysely';
import { exactAmount } from '../ledger/amount.ts';
import { readLiveCosts } from '../live-cost/live-costs.ts';

/** What an account has left in a currency. */
export interface BalanceNow {
  /** Its entries, less what was used and no statement has. */
  amount: Money;
  /** What was used and no statement has. */
  used: Money;
  /** The part of it that was used since the last period was closed. */
  live: Money;
  /** What goes on costs so much for an hour. */
  perHour: Money;
  /** Up to when it is known; `null` while nothing was ever rated. */
  asOf: Date | null;
}

type BalanceRow = Pick<Row<'Balance'>, 'id' | 'accountId' | 'currency' | 'settled'>;

const nothing = { used: noMoney, live: noMoney, perHour: noMoney };
const minus = ({ numerator, denominator }: Money): Money => ({ numerator: -numerator, denominator });

/** What is left of balances, by their ids. What was used in a month counts until a statement settles the month. */
export async function readBalances(
  db: Database | Transaction,
  balances: readonly BalanceRow[],
): Promise<Map<string, BalanceNow>> {
  const accountIds = [...new Set(balances.map(({ accountId }) => accountId))];
  const { asOf, costs } = await readLiveCosts(
    db,
    sql<boolean>`cost."accountId" = any(${accountIds}::text[]) and not exists (
      select 1 from "Statement" settled where settled."accountId" = cost."accountId"
        and settled."currency" = cost."currency" and settled."month" = cost."month" and settled."kind" = 'STATEMENT')`,
  );
  const used = new Map<string, Pick<BalanceNow, 'used' | 'live' | 'perHour'>>();
  for (const { accountId, currency, amount, live, perHour } of costs) {
    const key = `${accountId} ${currency}`;
    const before = used.get(key) ?? nothing;
    used.set(key, {
      used: addMoney(before.used, amount),
      live: addMoney(before.live, live),
      perHour: addMoney(before.perHour, perHour),
    });
  }
  return new Map(
    balances.map(({ id, accountId, currency, settled }) => {
      const now = used.get(`${accountId} ${currency}`) ?? nothing;
      return [id, { ...now, amount: addMoney(exactAmount(settled), minus(now.used)), asOf }];
    }),
  );
}

/** Balances by their ids, for a loader. */
export async function readBalancesById(
  db: Database,
  ids: readonly string[],
): Promise<Map<string, BalanceNow>> {
  const { rows } = await sql<BalanceRow>`
    select "id", "accountId", "currency", "settled" from "Balance" where "id" = any(${ids}::text[])`.execute(
    db,
  );
  return readBalances(db, rows);
}

/** Seconds until nothing is left, if all goes on as now; `null` where nothing costs, or more than a century is left. */
export function secondsLeft({ amount, perHour }: BalanceNow): number | null {
  if (perHour.numerator <= 0n) return null;
  if (amount.numerator <= 0n) return 0;
  const seconds = (amount.numerator * perHour.denominator * 3600n) / (amount.denominator * perHour.numerator);
  return seconds > longestSeconds ? null : Number(seconds);
}

const longestSeconds = 100n * 365n * 86_400n;
