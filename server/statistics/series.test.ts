import { describe, expect, test } from 'vitest';
import type { SeriesPlan } from './resolution.ts';
import { dayMs, hourMs, minuteMs, planSeries, quarterMs } from './resolution.ts';
import { seriesOf } from './series.ts';

const at = (text: string) => new Date(`2026-11-28T${text}Z`);
const plan = (overrides: Partial<SeriesPlan> = {}): SeriesPlan => ({
  from: at('10:00:00'),
  to: at('11:00:00'),
  source: 'MINUTE',
  stepMs: minuteMs,
  ...overrides,
});

describe('a series', () => {
  test('has a point for each step of which there are samples, oldest first', () => {
    const points = seriesOf('StoragePool', plan(), [
      { since: at('10:05:10'), stepMs: 0, values: [[3, 10]] },
      {
        since: at('10:00:00'),
        stepMs: minuteMs,
        values: [
          [1, 10],
          [null, null],
          [2, 10],
        ],
      },
    ]);
    expect(points).toEqual([
      { at: at('10:00:00'), used: 1, total: 10 },
      { at: at('10:02:00'), used: 2, total: 10 },
      { at: at('10:05:00'), used: 3, total: 10 },
    ]);
  });

  test('averages what falls into one step, over those that say something', () => {
    const stored = [
      {
        since: at('10:00:00'),
        stepMs: minuteMs,
        values: Array.from({ length: 60 }, (_, minute) => [minute % 2 === 0 ? minute : null, 7]),
      },
    ];
    const points = seriesOf('StoragePool', plan({ source: 'QUARTER_HOUR', stepMs: quarterMs }), stored);
    expect(points.map(({ used }) => used)).toEqual([7, 22, 37, 52]);
    expect(points.map(({ total }) => total)).toEqual([7, 7, 7, 7]);
  });

  test('leaves out what is not in its range', () => {
    const hours = [
      { since: at('09:00:00'), stepMs: minuteMs, values: Array.from({ length: 60 }, () => [1, 1]) },
    ];
    expect(seriesOf('StoragePool', plan(), hours)).toEqual([]);
  });

  test('reads a sample from before a measure was kept', () => {
    const points = seriesOf('StoragePool', plan(), [{ since: at('10:05:10'), stepMs: 0, values: [[3]] }]);
    expect(points).toEqual([{ at: at('10:05:00'), used: 3, total: null }]);
  });
});

describe('how far apart its points are', () => {
  const now = at('12:00:00');
  const minutesSince = new Date(now.getTime() - dayMs);
  const auto = (hoursBack: number, span: number) => {
    const from = new Date(now.getTime() - hoursBack * hourMs);
    const to = new Date(from.getTime() + span * hourMs);
    return planSeries({ from, to, resolution: 'AUTO' }, now, minutesSince).stepMs;
  };

  test.each([
    ['an hour', 1, 1, minuteMs],
    ['the last day', 24, 24, minuteMs],
    ['an hour of which no minutes are kept', 25, 1, quarterMs],
    ['two days', 48, 48, quarterMs],
    ['15 days', 15 * 24, 15 * 24, quarterMs],
    ['30 days', 30 * 24, 30 * 24, 2 * quarterMs],
    ['a year', 365 * 24, 365 * 24, 24 * quarterMs],
  ])('%s', (_name, back, span, stepMs) => {
    expect(auto(back, span)).toBe(stepMs);
    expect((span * hourMs) / stepMs).toBeLessThanOrEqual(1500);
  });

  test('the last hour is what is asked for without a range', () => {
    expect(planSeries({ resolution: 'AUTO' }, now, minutesSince)).toEqual({
      from: at('11:00:00'),
      to: now,
      source: 'MINUTE',
      stepMs: minuteMs,
    });
  });

  test.each([
    ['that is none', { from: now, to: now, resolution: 'AUTO' as const }],
    ['that is too long for it', { from: new Date(0), to: now, resolution: 'MINUTE' as const }],
  ])('a range %s is refused', (_name, input) => {
    expect(() => planSeries(input, now, minutesSince)).toThrow(/from/);
  });
});
