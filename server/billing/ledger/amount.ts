import { currencyPlaces, pricePlaces, type Money } from '@nephos/usage/rate/money.ts';

const decimal = /^(-?)(\d+)(?:\.(\d{1,12}))?$/;
/** Digits before the point of what is paid at once. Sums of many may have more. */
const mostDigits = 15;

/**
 * Whether decimal text is an amount that can be paid in a currency: not zero, of at most 15 digits before the point, and with
 * no more places than the currency has.
 */
export function isPayable(text: string, currency: string): boolean {
  const [, , whole, places = ''] = decimal.exec(text) ?? [];
  if (whole === undefined || whole.length > mostDigits) return false;
  return places.length <= currencyPlaces(currency) && /[1-9]/.test(text);
}

/** Decimal text, as the database has it, as an exact amount. @throws RangeError for what is no decimal */
export function exactAmount(text: string): Money {
  const [, sign, whole, places = ''] = decimal.exec(text) ?? [];
  if (whole === undefined) throw new RangeError(`not an amount: ${text}`);
  const digits = BigInt(whole + places.padEnd(pricePlaces, '0'));
  return { numerator: sign === '-' ? -digits : digits, denominator: 1n };
}
