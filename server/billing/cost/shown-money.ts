import { currencyPlaces, roundMoney, type Money } from '@nephos/usage/rate/money.ts';

/** What ticks is shown with so many places more than its currency is paid in. */
const livePlaces = 4;

/** An amount that is shown, and not paid, as decimal text. */
export function shownMoney(money: Money, currency: string): string {
  return roundMoney(money, currencyPlaces(currency) + livePlaces);
}
