import { pricePlaces, roundMoney } from '@nephos/usage/rate/money.ts';
import type { StatementLineFacts } from './compose.ts';

/** Places after the point of a quantity that is shown. */
const quantityPlaces = 6;

/** How many units a line has, as decimal text without needless zeros; `null` where it has none. */
export function quantityOf({ baseAmount, unitSize }: StatementLineFacts): string | null {
  if (baseAmount === null || unitSize === null) return null;
  const numerator = BigInt(baseAmount) * 10n ** BigInt(pricePlaces);
  return roundMoney({ numerator, denominator: BigInt(unitSize) }, quantityPlaces).replace(/\.?0+$/, '');
}

/** The price of all of a line's units; `null` where it depends on how many they are. */
export function priceOf({ price }: StatementLineFacts): string | null {
  const [only, ...more] = price?.tiers ?? [];
  return only === undefined || more.length > 0 || price?.included !== '0' ? null : only.price;
}

/** A percentage without needless zeros; `null` where there is none. */
export function percentOf({ percent }: StatementLineFacts): string | null {
  return percent?.includes('.') === true ? percent.replace(/\.?0+$/, '') : percent;
}
