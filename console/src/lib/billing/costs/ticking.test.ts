import { expect, it } from 'vitest';
import { amountAfter, sinceAsOf } from './ticking.ts';

const answer = { at: '2026-11-29T10:01:00Z', asOf: '2026-11-29T10:00:00Z' };

it('time goes by the server’s clock, whatever that of the page shows', () => {
  expect(sinceAsOf({ answer, receivedAt: 5000 }, 5000)).toBe(60_000);
  expect(sinceAsOf({ answer, receivedAt: 5000 }, 35_000)).toBe(90_000);
  expect(sinceAsOf({ answer: { ...answer, asOf: null }, receivedAt: 5000 }, 35_000)).toBe(0);
});

it('what goes on costs more by the moment', () => {
  expect(amountAfter({ amount: '1.5', perHour: '0.6' }, 1_800_000)).toBeCloseTo(1.8);
});
