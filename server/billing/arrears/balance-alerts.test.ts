import { expect, test } from 'vitest';
import { exactAmount } from '../ledger/amount.ts';
import { lowestAbove } from './balance-alerts.ts';

test.each([
  ['60', null],
  ['50', null],
  ['49.999999', '50'],
  ['19.99', '20'],
  ['-1', '0'],
])('of 50, 20 and 0 a balance of %s is below %s', (amount, below) => {
  expect(lowestAbove(exactAmount(amount), ['50', '0', '20'])).toBe(below);
});
