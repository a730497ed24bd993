import type { Database, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { addMoney, noMoney, type Money } from '@nephos/usage/rate/money.ts';
import { sql, type RawBuilder } from 'kysely';

/** What an account used of one type in one zone, in one billing month. */
export interface MonthCost {
  accountId: Id<'Account'>;
  /** `2026-11` */
  month: string;
  /** ISO 4217. */
  currency: string;
  usageType: number;
  zoneId: Id<'Zone'>;
  /** Rated lines of closed periods, and what was used since, up to {@link LiveCosts.asOf}. */
  amount: Money;
  /** The part of it that was used since the last period was closed. */
  live: Money;
  /** What goes on of it costs so much for an hour. */
  perHour: Money;
}

export interface LiveCosts {
  /** Up to when; `null` while nothing was ever rated. */
  asOf: Date | null;
  costs: MonthCost[];
}

interface CostRow extends Omit<MonthCost, 'amount' | 'live' | 'perHour'> {
  unitSize: string;
  amount: string;
  live: string;
  perHour: string;
}

/**
 * What was used, as of less than some minutes ago: exactly what bills will say, before they do. Sums of any of these are
 * exact; whoever shows them rounds.
 * @param where condition on `cost`, a row of `LiveCost`
 */
export async function readLiveCosts(
  db: Database | Transaction,
  where: RawBuilder<boolean>,
): Promise<LiveCosts> {
  const { rows: runs } = await sql<{ asOf: Date | null }>`select "asOf" from "LiveCostRun"`.execute(db);
  const { rows } = await sql<CostRow>`
    select cost."accountId", cost."month", cost."currency", cost."usageType", cost."zoneId", cost."unitSize",
      cost."rated" + cost."live" as "amount", cost."live", cost."perHour"
    from "LiveCost" cost where ${where}
    order by 1, 2, 3, 4, 5`.execute(db);
  return { asOf: runs[0]?.asOf ?? null, costs: addUnits(rows) };
}

/** One sum, whatever units its prices were given for. */
function addUnits(rows: readonly CostRow[]): MonthCost[] {
  const sums = new Map<string, MonthCost>();
  for (const { unitSize, amount, live, perHour, ...group } of rows) {
    const key = Object.values(group).join(' ');
    const sum = sums.get(key) ?? { ...group, amount: noMoney, live: noMoney, perHour: noMoney };
    const denominator = BigInt(unitSize);
    sum.amount = addMoney(sum.amount, { numerator: BigInt(amount), denominator });
    sum.live = addMoney(sum.live, { numerator: BigInt(live), denominator });
    sum.perHour = addMoney(sum.perHour, { numerator: BigInt(perHour), denominator });
    sums.set(key, sum);
  }
  return [...sums.values()];
}
