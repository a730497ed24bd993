import type { Database, Transaction } from '@nephos/model/database.ts';
import { wallTimeAt } from '@nephos/model/kernel/wall-clock.ts';
import { addMoney, noMoney, type Money } from '@nephos/usage/rate/money.ts';
import { usageCatalogue } from '@nephos/usage/usage-types.ts';
import { sql } from 'kysely';
import type { BillingMonth } from './billing-month.ts';
import { dateAfter, forecastMonth, type DayCost } from './forecast.ts';

/** What was spent in one currency. */
export interface Spending {
  /** ISO 4217. */
  currency: string;
  /** In the month so far, up to `asOf`: what is rated, and what was used since. */
  amount: Money;
  /** What goes on costs so much for an hour; `null` where that is not known live. */
  perHour: Money | null;
  /** In the whole month before. */
  lastMonth: Money;
  /** By date: rated days of the weeks before, and of this month. */
  days: Map<string, { timed: Money; counted: Money }>;
}

/** Up to when what is known of costs reaches. */
export interface CostHorizon {
  /** Costs of the month count up to here; `null` while nothing was ever used. */
  asOf: Date | null;
  /** Lines of periods that ended by then are summed up by day. */
  ratedUntil: Date | null;
  /** The last day of which everything is rated. */
  lastDay: string | undefined;
}

/** Days before today whose weekdays a forecast looks at. */
const daysBefore = 28;

/** The first day that a forecast in a month may look at, and a comparison with the month before. */
export function firstDayOf({ previous }: BillingMonth, today: string): string {
  const earliest = dateAfter(today, -daysBefore);
  const before = `${previous}-01`;
  return earliest < before ? earliest : before;
}

/** Usage types that are counted, of which nothing goes on. */
export const countedTypes: readonly number[] = Object.values(usageCatalogue)
  .filter(({ measure }) => measure !== 'TIME')
  .map(({ number }) => number);

/** How far costs reach. */
export async function readHorizon(db: Database | Transaction, timeZone: string): Promise<CostHorizon> {
  const { rows } = await sql<{ asOf: Date | null; ratedUntil: Date | null }>`
    select l."asOf", d."foldedUntil" as "ratedUntil" from "LiveCostRun" l cross join "CostDayRun" d`.execute(
    db,
  );
  const { asOf = null, ratedUntil = null } = rows[0] ?? {};
  if (ratedUntil === null) return { asOf, ratedUntil, lastDay: undefined };
  return { asOf, ratedUntil, lastDay: dateAfter(wallTimeAt(ratedUntil, timeZone).date, -1) };
}

/** Costs of one day of a group, or what is known live of it. */
export interface SpendingRow {
  currency: string;
  /** `null`: what was spent in the month altogether, in `amount`, and goes on. */
  day: string | null;
  isCounted: boolean;
  amount: string;
  perHour: string;
  unitSize: string;
}

/** Adds rows of one currency up, whatever units its prices were given for. */
export function collectSpending(
  currency: string,
  rows: readonly SpendingRow[],
  { previous }: Pick<BillingMonth, 'previous'>,
): Spending {
  const spending: Spending = {
    currency,
    amount: noMoney,
    perHour: noMoney,
    lastMonth: noMoney,
    days: new Map(),
  };
  for (const { day, isCounted, amount, perHour, unitSize } of rows) {
    const money = (numerator: string) => ({
      numerator: BigInt(numerator),
      denominator: BigInt(unitSize),
    });
    if (day === null) {
      spending.amount = addMoney(spending.amount, money(amount));
      spending.perHour = addMoney(spending.perHour ?? noMoney, money(perHour));
      continue;
    }
    if (day.startsWith(previous)) spending.lastMonth = addMoney(spending.lastMonth, money(amount));
    const of = spending.days.get(day) ?? { timed: noMoney, counted: noMoney };
    const part = isCounted ? 'counted' : 'timed';
    of[part] = addMoney(of[part], money(amount));
    spending.days.set(day, of);
  }
  return spending;
}

/** 10^-12 of the currency: a forecast need not be exact. */
const inPrices = ({ numerator, denominator }: Money): bigint => numerator / denominator;

/**
 * What will have been spent at the end of the month: see {@link forecastMonth}. What is known only up to a moment before
 * the month is nothing of it yet.
 */
export function forecastSpending(
  { amount, perHour, days }: Spending,
  {
    month,
    now,
    horizon,
    timeZone,
  }: { month: BillingMonth; now: Date; horizon: CostHorizon; timeZone: string },
): Money {
  const asOf = horizon.asOf ?? now;
  const numerator = forecastMonth({
    amount: inPrices(amount),
    asOf: asOf < month.startsAt ? month.startsAt : asOf,
    monthEndsAt: month.endsAt,
    timeZone,
    perHour: perHour === null ? null : inPrices(perHour),
    days: new Map(
      [...days].map(([day, { timed, counted }]): [string, DayCost] => [
        day,
        { timed: inPrices(timed), counted: inPrices(counted) },
      ]),
    ),
    lastDay: horizon.lastDay,
  });
  return { numerator, denominator: 1n };
}
