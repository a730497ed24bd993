import { wholePercent } from '@nephos/usage/rate/adjust/adjustment.ts';
import { roundMoney, currencyPlaces, type Money } from '@nephos/usage/rate/money.ts';
import type { PrepaidDiscount } from '../../platform/settings/prepaid-discounts.ts';

/** What is let off for so many months: of the longest term that is not longer. In units of 10^-4 percent. */
export function discountFor(discounts: readonly PrepaidDiscount[], months: number): bigint {
  return discounts.filter((each) => each.fromMonths <= months).at(-1)?.percent ?? 0n;
}

/** What months cost less a discount: decimal text, rounded once. */
export function termPrice(
  { numerator, denominator }: Money,
  currency: string,
  term: { months: number; discount: bigint },
) {
  return roundMoney(
    {
      numerator: numerator * BigInt(term.months) * (wholePercent - term.discount),
      denominator: denominator * wholePercent,
    },
    currencyPlaces(currency),
  );
}
