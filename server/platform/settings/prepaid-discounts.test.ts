import { expect, test } from 'vitest';
import { parsePrepaidDiscounts } from './prepaid-discounts.ts';

test.each([
  ['', []],
  [
    '24 = 15.5, 12=10',
    [
      { fromMonths: 12, percent: 100_000n },
      { fromMonths: 24, percent: 155_000n },
    ],
  ],
  ['12=101', undefined],
  ['0=5', undefined],
  ['37=5', undefined],
  ['12=5,12=6', undefined],
  ['12', undefined],
])('%s', (text, discounts) => expect(parsePrepaidDiscounts(text)).toEqual(discounts));
