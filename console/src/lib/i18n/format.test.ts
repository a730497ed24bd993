import { expect, it } from 'vitest';
import { formatDays, formatMoney } from './format.ts';

it('days end with the last one that is part of them', () => {
  const day = (number: number) => new Date(2026, 9, number).toISOString();
  expect(formatDays(day(1), day(8))).toMatch(/^Oct 1\s–\s7, 2026$/u);
  expect(formatDays(day(1), day(2))).toBe('Oct 1, 2026');
  expect(formatDays(day(1), day(1))).toBe('Oct 1, 2026');
});

it.each([
  ['12.345', 'CNY', 'CN¥12.35'],
  ['0', 'CNY', 'CN¥0.00'],
  ['0.005', 'CNY', 'CN¥0.01'],
  ['0.00138', 'CNY', 'CN¥0.0014'],
  ['-0.00138', 'CNY', '-CN¥0.0014'],
  ['0.4', 'JPY', '¥0.4'],
])('%s %s is %s', (amount, currency, text) => {
  expect(formatMoney(amount, currency)).toBe(text);
});
