import { expect, test } from 'vitest';
import { dayIn, daysOf, everyDay, isDay, momentsOf, startOf } from './day-range.ts';

test.each([
  ['2026-11-29', 'UTC', '2026-11-29T00:00:00.000Z'],
  ['2026-11-29', 'Asia/Shanghai', '2026-11-28T16:00:00.000Z'],
  ['2026-11-29', 'America/New_York', '2026-11-29T05:00:00.000Z'],
  ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
  ['2026-03-30', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
  ['2026-10-26', 'Europe/Berlin', '2026-10-25T23:00:00.000Z'],
])('%s begins in %s at %s', (day, timeZone, begins) => {
  expect(startOf(day, timeZone).toISOString()).toBe(begins);
});

test('stretches of days', () => {
  expect(daysOf('7-days', '2026-03-02')).toEqual({ first: '2026-02-24', last: '2026-03-02' });
  expect(daysOf('this-month', '2026-03-02')).toEqual({ first: '2026-03-01', last: '2026-03-02' });
  expect(daysOf('last-month', '2026-01-15')).toEqual({ first: '2025-12-01', last: '2025-12-31' });
  expect(everyDay({ first: '2026-02-27', last: '2026-03-01' })).toEqual([
    '2026-02-27',
    '2026-02-28',
    '2026-03-01',
  ]);
});

test('a stretch ends where the day after it begins', () => {
  expect(momentsOf({ first: '2026-10-25', last: '2026-10-25' }, 'Europe/Berlin')).toEqual({
    from: '2026-10-24T22:00:00.000Z',
    until: '2026-10-25T23:00:00.000Z',
  });
});

test('what is no day is none', () => {
  expect(['2026-02-30', '2026-2-3', 'today', null].map(isDay)).toEqual([false, false, false, false]);
  expect(dayIn('Asia/Shanghai', new Date('2026-11-28T17:00:00Z'))).toBe('2026-11-29');
});
