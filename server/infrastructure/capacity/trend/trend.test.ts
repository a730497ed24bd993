import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trendOf, type AmountAt } from './trend.ts';

const now = new Date('2026-11-29T00:00:00Z');
const hourMs = 3_600_000;

/** Hourly points of the last days. */
function history(days: number, amountAt: (day: number, hour: number) => number): AmountAt[] {
  const hours = days * 24;
  return Array.from({ length: hours + 1 }, (_, hour) => ({
    at: new Date(now.getTime() - (hours - hour) * hourMs),
    amount: amountAt(hour / 24, hour),
  }));
}

describe('the trend of an amount', () => {
  it.each([
    ['grows', history(10, (day) => 100 + 5 * day), 'RISING', 5],
    ['becomes less', history(10, (day) => 500 - 5 * day), 'FALLING', -5],
    ['stays', history(10, () => 300), 'FLAT', 0],
    ['grows by next to nothing', history(10, (day) => 300 + 0.01 * day), 'FLAT', 0.01],
    ['grows in days and rests at night', history(10, (day) => 100 + 40 * Math.floor(day)), 'RISING', 40],
    ['goes up and down', history(10, (day) => 500 + 400 * Math.sin(day * 2)), 'UNSTEADY', 0],
    ['is known for too short a time', history(1.9, (day) => 100 * day), 'TOO_SHORT', 0],
    ['is not known at all', [], 'TOO_SHORT', 0],
    // Before that it fell, and that is no matter.
    ['changed its mind long ago', history(60, (day) => Math.abs(day - 30) * 10), 'RISING', 10],
  ] as const)('of one that %s', (_what, points, kind, perDay) => {
    const trend = trendOf(points, 1000, now);
    expect(trend.kind).toBe(kind);
    expect(trend.perDay).toBeCloseTo(perDay, 0);
  });

  it('says nothing of what jumps about while it seems to grow', () => {
    const noise = [7, 950, 20, 600, 400, 900, 5, 300, 800, 100];
    const points = history(10, (day, hour) => 10 * day + (noise[Math.floor(hour / 6) % noise.length] ?? 0));
    expect(trendOf(points, 1000, now).kind).toBe('UNSTEADY');
  });

  it('does not care for a fifth of points that are far off', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 50, noNaN: true }),
        fc.uniqueArray(fc.nat(40), { maxLength: 6 }),
        fc.integer({ min: -5000, max: 5000 }),
        (perDay, broken, off) => {
          const wrong = new Set(broken);
          const points = history(10, (day, hour) =>
            wrong.has(Math.floor(hour / 6)) ? off : 1000 + perDay * day,
          );
          const trend = trendOf(points, 2000, now);
          expect(trend.perDay).toBeGreaterThan(perDay / 2);
          expect(trend.perDay).toBeLessThan(perDay * 2);
        },
      ),
    );
  });

  it('is the same in any unit, and turned round when the amount is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 9, maxLength: 60 }),
        fc.integer({ min: 2, max: 1_000_000 }),
        (amounts, unit) => {
          const points = amounts.map((amount, index) => ({
            at: new Date(now.getTime() - (amounts.length - index) * 6 * hourMs),
            amount,
          }));
          const one = trendOf(points, 1000, now);
          const scaled = trendOf(
            points.map(({ at, amount }) => ({ at, amount: amount * unit })),
            1000 * unit,
            now,
          );
          expect(scaled.kind).toBe(one.kind);
          expect(scaled.perDay / unit).toBeCloseTo(one.perDay, 6);
          const turned = trendOf(
            points.map(({ at, amount }) => ({ at, amount: -amount })),
            1000,
            now,
          );
          expect(turned.perDay + one.perDay).toBeCloseTo(0, 9);
        },
      ),
    );
  });
});
