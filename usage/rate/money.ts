/**
 * A price in 10^-12 of a currency's main unit (yuan, euro), exactly: what a decimal with up to 12 places is. Prices of
 * a byte for an hour are that small.
 */
export type Price = bigint;

/** Places after the point that a price may have. */
export const pricePlaces = 12;
const priceScale = 10n ** BigInt(pricePlaces);

/**
 * An exact amount of money: `numerator` counts 10^-12 of the currency, to be divided by `denominator`, which is
 * positive. It is rounded once, where a person or a statement reads it.
 */
export interface Money {
  numerator: bigint;
  denominator: bigint;
}

/** Nothing. */
export const noMoney: Money = { numerator: 0n, denominator: 1n };

const pricePattern = /^(\d{1,15})(?:\.(\d{1,12}))?$/;

/** Decimal text as a price; `undefined` for what is negative, no decimal, or too long to be exact. */
export function parsePrice(text: string): Price | undefined {
  const [, whole, places = ''] = pricePattern.exec(text) ?? [];
  if (whole === undefined) return undefined;
  return BigInt(whole) * priceScale + BigInt(places.padEnd(pricePlaces, '0'));
}

/** A price as decimal text, with as many places as it needs: `0.05`. */
export function formatPrice(price: Price): string {
  const places = (price % priceScale).toString().padStart(pricePlaces, '0').replace(/0+$/, '');
  const whole = (price / priceScale).toString();
  return places === '' ? whole : `${whole}.${places}`;
}

/** The exact sum of amounts of one currency. */
export function addMoney(a: Money, b: Money): Money {
  // Sums of many amounts keep one denominator: that of all units in which they were given.
  if (a.denominator % b.denominator === 0n) {
    const scaled = b.numerator * (a.denominator / b.denominator);
    return { numerator: a.numerator + scaled, denominator: a.denominator };
  }
  if (b.denominator % a.denominator === 0n) return addMoney(b, a);
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}

/**
 * An amount as decimal text with this many places. Halves are rounded away from zero, so that a credit of an amount
 * takes back exactly what the amount was.
 */
export function roundMoney({ numerator, denominator }: Money, places: number): string {
  const isNegative = numerator < 0n;
  const scaled = (isNegative ? -numerator : numerator) * 10n ** BigInt(places);
  const divisor = denominator * priceScale;
  const rounded = (2n * scaled + divisor) / (2n * divisor);
  const digits = rounded.toString().padStart(places + 1, '0');
  const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  return isNegative && rounded !== 0n ? `-${text}` : text;
}

const currencies = new Set(Intl.supportedValuesOf('currency'));

/** Whether a text is a currency's code in ISO 4217: `CNY`. */
export function isCurrency(code: string): boolean {
  return currencies.has(code);
}

const knownPlaces = new Map<string, number>();

/** Places after the point in which a currency is paid, by ISO 4217: 2 for CNY, 0 for JPY, 3 for KWD. */
export function currencyPlaces(currency: string): number {
  const known = knownPlaces.get(currency);
  if (known !== undefined) return known;
  // Making a format costs more than a thousand uses of what it says.
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const { maximumFractionDigits = 2 } = format.resolvedOptions();
  knownPlaces.set(currency, maximumFractionDigits);
  return maximumFractionDigits;
}
