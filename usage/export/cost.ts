import { pricePlaces, roundMoney, type Money } from '../rate/money.ts';

/** Places after the point of an amount in a file: more than a statement shows, so that sums of millions of rows hold. */
export const costPlaces = 18;

const rounded = (money: Money) => roundMoney(money, costPlaces).replace(/\.?0+$/, '');

/** An exact amount of a rated line as decimal text, rounded to {@link costPlaces}. */
export function costText(amount: string, unitSize: string): string {
  return rounded({ numerator: BigInt(amount), denominator: BigInt(unitSize) });
}

/** Some parts of a whole that has so many, as decimal text, rounded to {@link costPlaces}. */
export function quotientText(parts: bigint, whole: bigint): string {
  return rounded({ numerator: parts * 10n ** BigInt(pricePlaces), denominator: whole });
}
