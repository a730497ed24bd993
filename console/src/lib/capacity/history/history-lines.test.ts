import { describe, expect, it } from 'vitest';
import { historyLines } from './history-lines.ts';

const at = (day: number) => new Date(Date.UTC(2026, 10, day)).toISOString();
const points = [1, 2, 3].map((day) => ({ at: at(day), amount: 10 * day, total: 100 }));
const forecast = {
  ...{ resource: 'CPU' as const, outlook: 'FILLING' as const, amount: 30, total: 100, thresholdPercent: 80 },
  ...{ perDay: 10, daysUntilThreshold: 5, daysUntilFull: 7 },
};

describe('what is drawn of a history', () => {
  it('goes on as far as it reaches back', () => {
    const { times, amount, trend, threshold, total } = historyLines({ resource: 'CPU', points, forecast });
    expect(times).toHaveLength(5);
    expect(amount).toEqual([10, 20, 30, null, null]);
    expect(trend).toEqual([null, null, 30, 40, 50]);
    expect(threshold).toEqual([80, 80, 80, 80, 80]);
    expect(total.at(-1)).toBe(100);
  });

  it('has no trend where nothing can be said', () => {
    const unknown = { ...forecast, perDay: null };
    expect(historyLines({ resource: 'CPU', points, forecast: unknown }).trend).toEqual([null, null, null]);
    expect(historyLines({ resource: 'CPU', points: [], forecast })).toMatchObject({ times: [], trend: [] });
  });
});
