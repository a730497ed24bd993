import { expect, it } from 'vitest';
import { costBars, daysOfMonth, monthsUpTo, notOnDays } from './cost-bars.ts';
import type { CostShare } from './cost-queries.ts';

const share = (key: string | null, amount: string, more: Partial<CostShare> = {}): CostShare => ({
  key,
  name: key,
  isRest: false,
  currency: 'CNY',
  amount,
  perHour: '0',
  lastMonth: '0',
  days: [{ day: '2026-11-01', amount }],
  ...more,
});
const words = {
  days: ['2026-11-01', '2026-11-02'],
  labelOf: ({ name }: CostShare) => name ?? '–',
  restLabel: 'others',
};

it('a month has its days, and months before', () => {
  expect(daysOfMonth('2026-02')).toHaveLength(28);
  expect(daysOfMonth('2026-11').at(-1)).toBe('2026-11-30');
  expect(monthsUpTo('2026-01', 3)).toEqual(['2026-01', '2025-12', '2025-11']);
});

it('the largest shares have a colour each, the others one together', () => {
  const shares = ['9', '8', '7', '6', '5', '4', '3', '2'].map((amount) => share(`m${amount}`, amount));
  const { series, bars } = costBars([...shares, share(null, '1', { isRest: true })], words);
  expect(series).toHaveLength(8);
  expect(series.at(-1)).toMatchObject({ label: 'others', colour: '--chart-rest' });
  expect(bars[0]).toMatchObject({ day: '2026-11-01', total: 45 });
  expect(bars[0]?.parts.at(-1)?.amount).toBe(3);
  expect(bars[1]?.total).toBe(0);
});

it('things without a tag are a share like others', () => {
  expect(costBars([share(null, '2')], words).series).toEqual([{ key: '=', label: '–', colour: '--chart-1' }]);
});

it('what no period took in yet is on no day', () => {
  expect(notOnDays([share('a', '5', { days: [{ day: '2026-11-01', amount: '3.5' }] })])).toBeCloseTo(1.5);
  expect(notOnDays([share('a', '5', { days: [{ day: '2026-11-01', amount: '6' }] })])).toBe(0);
});
