import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addMoney,
  currencyPlaces,
  formatPrice,
  isCurrency,
  parsePrice,
  roundMoney,
  type Money,
} from './money.ts';

const money = fc.record({
  numerator: fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
  denominator: fc.constantFrom(1n, 3n, 3_600_000n, 2n ** 30n * 3_600_000n, 2_628_000_000n),
});

test('a price is read and written without a loss', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 27n - 1n }), (price) => {
      expect(parsePrice(formatPrice(price))).toBe(price);
    }),
  );
});

test.each(['', '-1', '1.', '.5', '1e3', '0.1234567890123', '1,5', ' 1', '1234567890123456'])(
  '%j is no price',
  (text) => {
    expect(parsePrice(text)).toBeUndefined();
  },
);

test.each([
  ['0.005', 2, '0.01'],
  ['0.004999999999', 2, '0.00'],
  ['2.5', 0, '3'],
  ['1234.5678', 3, '1234.568'],
])('%s rounds to %s places as %s, and its credit to the same', (text, places, rounded) => {
  const numerator = parsePrice(text) ?? -1n;
  expect(roundMoney({ numerator, denominator: 1n }, places)).toBe(rounded);
  const credit = roundMoney({ numerator: -numerator, denominator: 1n }, places);
  expect(credit).toBe(/[1-9]/.test(rounded) ? `-${rounded}` : rounded);
});

test('a sum does not depend on the order, nor on what is added up first', () => {
  const equal = (a: Money, b: Money) => a.numerator * b.denominator === b.numerator * a.denominator;
  fc.assert(
    fc.property(money, money, money, (a, b, c) => {
      expect(equal(addMoney(addMoney(a, b), c), addMoney(a, addMoney(c, b)))).toBe(true);
    }),
  );
});

test('currencies are those of ISO 4217, each with its places', () => {
  expect(['CNY', 'USD', 'EUR'].every(isCurrency)).toBe(true);
  expect(['cny', 'XYZ', 'CNYX', ''].some(isCurrency)).toBe(false);
  expect(['CNY', 'JPY', 'KWD'].map(currencyPlaces)).toEqual([2, 0, 3]);
});
