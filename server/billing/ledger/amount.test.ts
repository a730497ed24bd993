import { roundMoney } from '@nephos/usage/rate/money.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactAmount, isPayable } from './amount.ts';

test.each([
  ['100', 'CNY', true],
  ['-0.01', 'CNY', true],
  ['0.001', 'CNY', false],
  ['0.001', 'KWD', true],
  ['100.5', 'JPY', false],
  ['0.00', 'CNY', false],
  ['1e3', 'CNY', false],
  ['999999999999999.99', 'CNY', true],
  ['1000000000000000', 'CNY', false],
])('%s %s can be paid: %s', (text, currency, isFine) => {
  expect(isPayable(text, currency)).toBe(isFine);
});

test('an amount is what its text says, exactly, however much was paid', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), (cents) => {
      const text = roundMoney({ numerator: cents * 10n ** 10n, denominator: 1n }, 2);
      expect(exactAmount(text)).toEqual({ numerator: cents * 10n ** 10n, denominator: 1n });
    }),
  );
});
