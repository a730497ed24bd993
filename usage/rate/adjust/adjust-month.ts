import { currencyPlaces, roundMoney, type Money } from '../money.ts';
import {
  chooseAdjustments,
  parsePercent,
  wholePercent,
  type AdjustedOwner,
  type Adjustment,
} from './adjustment.ts';
import { roundedQuotient, shareOut, type Share } from './share-out.ts';

/** What a line of use costs in a month, exactly. */
export interface UsageSum {
  /** CloudStack's number. */
  usageType: number;
  amount: Money;
}

/** A discount or a tax on a month. */
export interface AdjustmentLine {
  adjustment: Adjustment;
  /** Of which amount it is the percentage: decimal text. */
  base: string;
  /** Decimal text; negative for a discount. */
  amount: string;
}

/** A month as its statement has it. All amounts are decimal text with the places of the currency. */
export interface AdjustedMonth<Sum extends UsageSum> {
  /** In the order in which they were given. */
  usage: { sum: Sum; amount: string }[];
  discounts: AdjustmentLine[];
  taxes: AdjustmentLine[];
  /** Usage less discounts. */
  net: string;
  tax: string;
  /** The sum of all lines. */
  total: string;
}

/**
 * The lines of a month's statement in one currency.
 *
 * Each line is rounded once, to the places of the currency, halves away from zero. A line of use is rounded from its
 * exact sum. What is reckoned from lines is reckoned from them as they stand, so that whoever reads the statement comes to
 * the same figures: a discount is its percentage of the lines of its usage types, discounts of different labels each of
 * the whole, together no more than there is; a tax is its percentage of what is left of the lines of its types. Where
 * discount and tax are for different types, a discount is shared out among its types in smallest coins, by the size of
 * their part.
 *
 * @param sums what was used, by usage type or finer; of one account, month and currency
 * @param adjustments all that are valid in the month
 */
export function adjustMonth<Sum extends UsageSum>(
  sums: readonly Sum[],
  {
    currency,
    owner,
    adjustments,
  }: { currency: string; owner: AdjustedOwner; adjustments: readonly Adjustment[] },
): AdjustedMonth<Sum> {
  const places = currencyPlaces(currency);
  const coins = (text: string) => BigInt(text.replace('.', ''));
  const shown = (amount: bigint) =>
    roundMoney({ numerator: amount * 10n ** 12n, denominator: 10n ** BigInt(places) }, places);
  const usage = sums.map((sum) => ({ sum, amount: roundMoney(sum.amount, places) }));

  /** By usage type, in coins. */
  const gross = new Map<number, bigint>();
  for (const { sum, amount } of usage)
    gross.set(sum.usageType, (gross.get(sum.usageType) ?? 0n) + coins(amount));
  const left = new Map(gross);

  const lineOf = (adjustment: Adjustment, base: bigint, amount: bigint): AdjustmentLine => ({
    adjustment,
    base: shown(base),
    amount: shown(amount),
  });
  const discounts = grouped('DISCOUNT', gross, { owner, adjustments }).map(([adjustment, usageTypes]) => {
    const percent = percentOf(adjustment);
    const shares = usageTypes.map((usageType): Share<number> => {
      const [whole, rest] = [gross.get(usageType) ?? 0n, left.get(usageType) ?? 0n];
      return { of: usageType, numerator: noMoreThan(whole * percent, rest * wholePercent) };
    });
    let amount = 0n;
    for (const [usageType, share] of shareOut(shares, wholePercent)) {
      left.set(usageType, (left.get(usageType) ?? 0n) - share);
      amount += share;
    }
    return lineOf(adjustment, sumOf(usageTypes, gross), -amount);
  });
  const taxes = grouped('TAX', gross, { owner, adjustments }).map(([adjustment, usageTypes]) => {
    const base = sumOf(usageTypes, left);
    return lineOf(adjustment, base, roundedQuotient(base * percentOf(adjustment), wholePercent));
  });
  const net = sumOf([...left.keys()], left);
  const tax = taxes.reduce((sum, { amount }) => sum + coins(amount), 0n);
  return { usage, discounts, taxes, net: shown(net), tax: shown(tax), total: shown(net + tax) };
}

/** Adjustments of a kind with the usage types that each is chosen for, in the order of their making. */
function grouped(
  kind: Adjustment['kind'],
  gross: ReadonlyMap<number, bigint>,
  { owner, adjustments }: { owner: AdjustedOwner; adjustments: readonly Adjustment[] },
): [Adjustment, number[]][] {
  const groups = new Map<Adjustment, number[]>();
  for (const usageType of [...gross.keys()].sort((a, b) => a - b)) {
    for (const each of chooseAdjustments(adjustments, kind, usageType, owner))
      groups.set(each, [...(groups.get(each) ?? []), usageType]);
  }
  return [...groups]
    .filter(([each]) => percentOf(each) > 0n)
    .sort(([one], [other]) => (one.id < other.id ? -1 : 1));
}

/** @throws RangeError for what was not stored by the server */
function percentOf({ percent }: Adjustment): bigint {
  const parsed = parsePercent(percent);
  if (parsed === undefined) throw new RangeError(`not a percentage: ${percent}`);
  return parsed;
}

const sumOf = (usageTypes: readonly number[], amounts: ReadonlyMap<number, bigint>) =>
  usageTypes.reduce((sum, usageType) => sum + (amounts.get(usageType) ?? 0n), 0n);

/** What is taken off goes no further than to nothing, from above or below. */
function noMoreThan(wanted: bigint, rest: bigint): bigint {
  if (rest >= 0n) return wanted < 0n ? 0n : wanted < rest ? wanted : rest;
  return wanted > 0n ? 0n : wanted > rest ? wanted : rest;
}
