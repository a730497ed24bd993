import { expect, test } from 'vitest';
import { monthForecast } from './month-forecast.ts';

const november = {
  at: new Date('2026-11-28T00:00:00Z'),
  today: '2026-11-28',
  endsAt: new Date('2026-12-01'),
};

test('goes on as on the last whole days', () => {
  const days = [
    { day: '2026-11-26', amount: 2 },
    { day: '2026-11-27', amount: 4 },
  ];
  expect(monthForecast(days, november)).toBe(6 + 3 * 3);
});

test('counts seven days, the last ones', () => {
  const days = Array.from({ length: 20 }, (_, index) => ({
    day: `2026-11-${String(index + 8).padStart(2, '0')}`,
    amount: index < 13 ? 100 : 1,
  }));
  expect(monthForecast(days, november)).toBe(1307 + 3);
});

test('with today alone, goes on as today; with nothing, costs nothing; at the end, adds nothing', () => {
  expect(monthForecast([{ day: '2026-11-28', amount: 5 }], november)).toBe(20);
  expect(monthForecast([], november)).toBe(0);
  expect(monthForecast([{ day: '2026-11-27', amount: 5 }], { ...november, at: november.endsAt })).toBe(5);
});
