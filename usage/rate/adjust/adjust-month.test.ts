import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adjustMonth, type UsageSum } from './adjust-month.ts';
import { parsePercent, type Adjustment } from './adjustment.ts';

const root = 'dom_root';
const owner = { accountId: 'acct_1', lineage: [root, 'dom_below'] };
const yuan = (amount: string): UsageSum['amount'] => ({
  numerator: BigInt(amount) * 10n ** 10n,
  denominator: 1n,
});
/** In fen. */
const used = (usageType: number, fen: string) => ({ usageType, amount: yuan(fen) });
const an = (id: string, more: Partial<Adjustment>): Adjustment => ({
  ...{ id, kind: 'DISCOUNT', label: id, percent: '10', usageTypes: [], accountId: null, domainId: null },
  ...more,
});

const adjusted = (sums: UsageSum[], adjustments: Adjustment[], currency = 'CNY') => {
  const { usage, discounts, taxes, ...totals } = adjustMonth(sums, { currency, owner, adjustments });
  const line = ({ adjustment, base, amount }: (typeof taxes)[number]) => [adjustment.id, base, amount];
  return { usage: usage.map(({ amount }) => amount), lines: [...discounts, ...taxes].map(line), ...totals };
};

test('lines of use are rounded once, then comes what is let off, and then the tax on what is left', () => {
  const third = { numerator: 10n ** 12n, denominator: 3n };
  expect(
    adjusted(
      [{ usageType: 1, amount: third }, used(6, '10000')],
      [an('a', {}), an('b', { kind: 'TAX', percent: '6' })],
    ),
  ).toEqual({
    usage: ['0.33', '100.00'],
    lines: [
      ['a', '100.33', '-10.03'],
      ['b', '90.30', '5.42'],
    ],
    ...{ net: '90.30', tax: '5.42', total: '95.72' },
  });
});

test('of a label the most specific applies, others add up, and nothing is let off twice', () => {
  const vat = { kind: 'TAX', label: 'VAT' } as const;
  expect(
    adjusted(
      [used(1, '10000'), used(6, '5000')],
      [
        an('a', { label: 'loyal', percent: '20' }),
        an('b', { label: 'loyal', percent: '30', domainId: 'dom_below' }),
        an('c', { label: 'loyal', percent: '99', domainId: 'dom_elsewhere' }),
        an('d', { label: 'disks', percent: '90', usageTypes: [6] }),
        an('e', { ...vat, percent: '13' }),
        an('f', { ...vat, percent: '0', accountId: owner.accountId, usageTypes: [1] }),
        an('g', { ...vat, percent: '50', accountId: 'acct_2' }),
      ],
    ),
  ).toMatchObject({
    lines: [
      ['b', '150.00', '-45.00'],
      // 90 % of 50, of which 35 are left.
      ['d', '50.00', '-35.00'],
      ['e', '0.00', '0.00'],
    ],
    ...{ net: '70.00', tax: '0.00', total: '70.00' },
  });
});

test('a currency without small coins has none in its lines', () => {
  const yen = { usageType: 1, amount: { numerator: 1005n * 10n ** 12n, denominator: 10n } };
  expect(adjusted([yen], [an('a', { kind: 'TAX' })], 'JPY')).toEqual({
    usage: ['101'],
    lines: [['a', '101', '10']],
    ...{ net: '101', tax: '10', total: '111' },
  });
});

test.each([
  ['6', 60_000n],
  ['0.125', 1250n],
  ['-1', undefined],
  ['0.00001', undefined],
  ['ten', undefined],
])('%s percent is %s', (text, parts) => expect(parsePercent(text)).toBe(parts));

const adjustment = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  kind: fc.constantFrom('DISCOUNT' as const, 'TAX' as const),
  label: fc.constantFrom('one', 'other'),
  percent: fc.constantFrom('0', '0.0001', '3', '12.5', '33.3333', '60', '100'),
  usageTypes: fc.constantFrom<number[]>([], [1], [1, 6]),
  accountId: fc.constantFrom(null, owner.accountId),
  domainId: fc.constantFrom(null, null, root, 'dom_below'),
});
const sum = fc.record({
  usageType: fc.constantFrom(1, 2, 6),
  amount: fc.record({
    numerator: fc.bigInt({ min: 0n, max: 10n ** 20n }),
    denominator: fc.constantFrom(1n, 3n, 7200n),
  }),
});

test('the total is the sum of the lines; no more is let off than there is; the order does not matter', () => {
  const coins = (text: string) => BigInt(text.replace('.', ''));
  fc.assert(
    fc.property(
      fc.uniqueArray(adjustment, { maxLength: 5, selector: ({ id }) => id }),
      fc.array(sum, { maxLength: 6 }),
      (adjustments, sums) => {
        const month = adjusted(sums, adjustments);
        const lines = month.lines.map(([, , amount = '']) => coins(amount));
        const all = [...month.usage.map(coins), ...lines].reduce((total, each) => total + each, 0n);
        expect(coins(month.total)).toBe(all);
        expect(coins(month.net)).toBeGreaterThanOrEqual(0n);
        expect(coins(month.total) - coins(month.net)).toBe(coins(month.tax));
        const { usage: _, ...turned } = adjusted([...sums].reverse(), [...adjustments].reverse());
        const { usage: __, ...same } = month;
        expect(turned).toEqual(same);
      },
    ),
    { numRuns: 300 },
  );
});
