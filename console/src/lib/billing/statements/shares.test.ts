import { expect, it } from 'vitest';
import { isMonth, monthAt } from './months.ts';
import { sharesOf } from './shares.ts';

it('a statement is drawn by what was used of each type, the most expensive first', () => {
  const line = (usageType: number | null, amount: string, kind: 'USAGE' | 'TAX' = 'USAGE') => ({
    kind,
    usageType,
    amount,
  });
  const shares = sharesOf([
    line(6, '10.00'),
    line(1, '20.00'),
    line(1, '10.00'),
    line(2, '-1.00'),
    line(null, '9', 'TAX'),
  ]);
  expect(shares.map(({ usageType, portion, colour }) => [usageType, portion, colour])).toEqual([
    [1, 0.75, '--chart-1'],
    [6, 0.25, '--chart-2'],
  ]);
  expect(sharesOf([])).toEqual([]);
});

it('months are counted back over the turn of a year', () => {
  const at = new Date(2026, 0, 31);
  expect([0, 1, 2].map((before) => monthAt(at, before))).toEqual(['2026-01', '2025-12', '2025-11']);
  expect(['2026-01', '2026-13', '', undefined].map(isMonth)).toEqual([true, false, false, false]);
});
