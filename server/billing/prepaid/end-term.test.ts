import type { Row } from '@nephos/model/database.ts';
import { expect, test } from 'vitest';
import { refundOf } from './end-term.ts';

/** Ten days at 10 a day, less 20 percent. */
const term = {
  ...{ price: '80', discountPercent: '20.0000', currency: 'CNY' },
  ...{ startsAt: new Date('2026-12-01T00:00:00Z'), endsAt: new Date('2026-12-11T00:00:00Z') },
} as Row<'PrepaidTerm'>;

const percent = (whole: bigint) => whole * 10_000n;

test.each([
  ['2026-12-01', 0n, '80.00'],
  ['2026-12-02', 0n, '70.00'],
  ['2026-12-06', 0n, '30.00'],
  ['2026-12-06', 10n, '35.00'],
  ['2026-12-06', 20n, '40.00'],
  // Settings may let off more by now; it was not paid for at that.
  ['2026-12-06', 50n, '40.00'],
  ['2026-12-09', 0n, '0.00'],
  // More than was paid is never taken.
  ['2026-12-10', 0n, '0.00'],
  ['2026-12-11', 20n, '0.00'],
])('ended at %s, with %s percent off for so long: %s come back', (day, earned, refund) => {
  expect(refundOf(term, new Date(`${day}T00:00:00Z`), percent(earned))).toBe(refund);
});
