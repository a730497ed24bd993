import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bandsOf, costAfter, costOf, type Tier } from './bands.ts';
import { parsePrice } from './money.ts';
import { units } from './units.ts';

const price = (text: string) => parsePrice(text) ?? -1n;

const tiers = fc
  .tuple(
    fc.uniqueArray(fc.bigInt({ min: 1n, max: 10_000n }), { maxLength: 4 }),
    fc.array(fc.bigInt({ min: 0n, max: 10n ** 18n }), { minLength: 5, maxLength: 5 }),
  )
  .map(([ends, prices]): Tier[] => {
    const rising: (bigint | null)[] = [...ends.sort((a, b) => (a < b ? -1 : 1)), null];
    return rising.map((upTo, index) => ({ upTo, price: prices[index] ?? 0n }));
  });
const bands = fc
  .tuple(tiers, fc.bigInt({ min: 0n, max: 1000n }), fc.constantFrom(...Object.values(units)))
  .map(([each, included, unit]) => bandsOf(each, included, unit));

test('the first hours are free, and each tier has its price', () => {
  const each = bandsOf(
    [
      { upTo: 100n, price: price('0.5') },
      { upTo: null, price: price('0.25') },
    ],
    10n,
    units.HOUR,
  );
  const cost = (hours: bigint) => costOf(each, hours * units.HOUR.size) / units.HOUR.size;
  expect(cost(10n)).toBe(0n);
  expect(cost(11n)).toBe(price('0.5'));
  expect(cost(110n)).toBe(price('50'));
  expect(cost(112n)).toBe(price('50.5'));
});

test('any partition of a month, in any order, with what is taken back, costs the same to the last digit', () => {
  const amounts = fc.array(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), { maxLength: 40 });
  fc.assert(
    fc.property(bands, amounts, fc.bigInt({ min: 0n, max: 10n ** 20n }), (each, parts, start) => {
      let used = start;
      let cost = 0n;
      for (const part of parts) {
        cost += costAfter(each, used, part);
        used += part;
      }
      expect(cost).toBe(costAfter(each, start, used - start));
      expect(costOf(each, start) + cost).toBe(costOf(each, used));
    }),
    { numRuns: 2000 },
  );
});

test('to use more never costs less, and nothing costs nothing', () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 20n });
  fc.assert(
    fc.property(bands, amount, amount, (each, before, more) => {
      expect(costAfter(each, before, more)).toBeGreaterThanOrEqual(0n);
      expect(costOf(each, 0n)).toBe(0n);
    }),
    { numRuns: 1000 },
  );
});
