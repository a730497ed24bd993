import { newId } from '@nephos/model/kernel/ids.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { composeMonth, sumOfAmounts, type MonthSum, type StatementLineFacts } from './compose.ts';
import { differences, negated } from './differences.ts';

const currency = 'CNY';
const owner = { accountId: newId('Account'), lineage: [newId('Domain')] };
const adjustments = [
  { kind: 'DISCOUNT' as const, label: 'loyal', percent: '7.5', usageTypes: [1] },
  { kind: 'TAX' as const, label: 'VAT', percent: '6', usageTypes: [] },
].map((each) => ({ ...each, id: each.label, accountId: null, domainId: null }));

/** Millionths of a yuan, used of each of three prices. */
const month = fc.array(fc.integer({ min: 0, max: 10 ** 9 }), { minLength: 3, maxLength: 3 });

const sumsOf = (amounts: readonly number[]) =>
  amounts.flatMap((amount, index): MonthSum[] =>
    amount === 0
      ? []
      : [
          {
            ...{ usageType: index === 2 ? 6 : 1, label: `price ${index}`, tariffVersionId: `trfv_${index}` },
            ...{ zoneId: 'zone_1', zoneName: 'bj', resourceCount: 1, unit: 'HOUR' as const },
            ...{
              baseAmount: String(amount),
              unitSize: '1',
              price: { tiers: [{ price: '0.000001' }], included: '0' },
            },
            amount: { numerator: BigInt(amount) * 10n ** 6n, denominator: 1n },
          },
        ],
  );
const compose = (amounts: readonly number[]) =>
  composeMonth(sumsOf(amounts), { currency, owner, adjustments });

test('whatever becomes known, and in how many steps, a statement with its credit notes has the sums of the month', () => {
  fc.assert(
    fc.property(fc.array(month, { minLength: 1, maxLength: 5 }), (steps) => {
      const billed: StatementLineFacts[] = [];
      for (const [index, amounts] of steps.entries()) {
        const now = compose(amounts);
        const issued = index === 0 ? now : differences(now, billed, currency);
        billed.push(...(issued?.lines ?? []));
        for (const kind of ['USAGE', 'DISCOUNT', 'TAX']) {
          const total = (lines: readonly StatementLineFacts[]) =>
            sumOfAmounts(
              lines.filter((line) => line.kind === kind).map(({ amount }) => amount),
              currency,
            );
          expect(total(billed)).toBe(total(now.lines));
        }
        expect(differences(now, billed, currency)).toBeUndefined();
      }
    }),
    { numRuns: 100 },
  );
});

test.each([
  ['1.50', '-1.50'],
  ['-0.01', '0.01'],
  ['0.00', '0.00'],
])('%s with the other sign is %s', (amount, expected) => expect(negated(amount)).toBe(expected));
