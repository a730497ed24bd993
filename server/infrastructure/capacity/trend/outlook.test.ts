import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daysUntil, outlookOf } from './outlook.ts';

const now = new Date('2026-11-29T00:00:00Z');
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);
const half = { amount: 500, total: 1000, thresholdPercent: 80 };

describe('what becomes of something that fills up', () => {
  it.each([
    ['grows', half, { kind: 'RISING', perDay: 10 }, 'FILLING', inDays(30), inDays(50)],
    [
      'has passed the threshold',
      { ...half, amount: 900 },
      { kind: 'RISING', perDay: 10 },
      'FILLING',
      now,
      inDays(10),
    ],
    ['is full', { ...half, amount: 1000 }, { kind: 'FLAT', perDay: 0 }, 'FULL', now, now],
    ['grows slowly', half, { kind: 'RISING', perDay: 0.4 }, 'SLOW', inDays(750), null],
    ['stays', half, { kind: 'FLAT', perDay: 0.1 }, 'FLAT', null, null],
    [
      'falls, above the threshold',
      { ...half, amount: 900 },
      { kind: 'FALLING', perDay: -5 },
      'FALLING',
      now,
      null,
    ],
    ['is unsteady', half, { kind: 'UNSTEADY', perDay: 0 }, 'UNSTEADY', null, null],
    ['is new', half, undefined, 'TOO_SHORT', null, null],
    ['is nothing', { ...half, amount: 0, total: 0 }, { kind: 'FLAT', perDay: 0 }, 'FLAT', null, null],
  ] as const)('of one that %s', (_what, fullness, trend, kind, thresholdAt, fullAt) => {
    expect(outlookOf(fullness, trend, now)).toEqual({ kind, thresholdAt, fullAt });
  });

  it('is never full before the threshold, and never before now', () => {
    fc.assert(
      fc.property(
        fc.record({
          amount: fc.double({ min: 0, max: 1e15, noNaN: true }),
          total: fc.double({ min: 1, max: 1e15, noNaN: true }),
          thresholdPercent: fc.integer({ min: 1, max: 100 }),
        }),
        fc.double({ min: 1e-3, max: 1e12, noNaN: true }),
        (fullness, perDay) => {
          const { thresholdAt, fullAt } = outlookOf(fullness, { kind: 'RISING', perDay }, now);
          if (fullAt !== null) expect(thresholdAt).not.toBeNull();
          for (const at of [thresholdAt, fullAt]) if (at !== null) expect(at >= now).toBe(true);
          if (fullAt !== null && thresholdAt !== null) expect(fullAt >= thresholdAt).toBe(true);
        },
      ),
    );
  });

  it('counts whole days', () => {
    expect(daysUntil(inDays(3.9), now)).toBe(3);
    expect(daysUntil(inDays(-1), now)).toBe(0);
    expect(daysUntil(null, now)).toBeNull();
  });
});
