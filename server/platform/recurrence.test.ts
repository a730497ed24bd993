import { expect, test } from 'vitest';
import { Check } from './validation.ts';
import { checkRecurrence, nextRun, type Recurrence } from './recurrence.ts';

const recurrence = (cron: string, timeZone = 'UTC', more: Partial<Recurrence> = {}): Recurrence => ({
  cron,
  timeZone,
  startsAt: null,
  endsAt: null,
  ...more,
});

const next = (each: Recurrence, after: string) => nextRun(each, new Date(after))?.toISOString() ?? null;

test('goes by the days of its time zone', () => {
  expect(next(recurrence('0 7 * * MON-FRI', 'Asia/Shanghai'), '2026-11-27T00:00:00Z')).toBe(
    '2026-11-29T23:00:00.000Z',
  );
});

test('a time that the clocks leave out happens right after, one that they repeat happens once', () => {
  const inBerlin = recurrence('30 2 * * *', 'Europe/Berlin');
  expect(next(inBerlin, '2026-03-28T12:00:00Z')).toBe('2026-03-29T01:00:00.000Z');
  expect(next(inBerlin, '2026-10-24T12:00:00Z')).toBe('2026-10-25T00:30:00.000Z');
  expect(next(inBerlin, '2026-10-25T00:30:00Z')).toBe('2026-10-26T01:30:00.000Z');
});

test('keeps to its beginning and its end', () => {
  const inDecember = recurrence('0 0 * * *', 'UTC', {
    startsAt: new Date('2026-12-01T12:00:00Z'),
    endsAt: new Date('2026-12-03T12:00:00Z'),
  });
  expect(next(inDecember, '2026-11-01T00:00:00Z')).toBe('2026-12-02T00:00:00.000Z');
  expect(next(inDecember, '2026-12-03T00:00:00Z')).toBeNull();
});

const rulesBroken = (each: Recurrence): string[] => {
  const check = new Check();
  checkRecurrence(check, each, { now: new Date('2026-11-28T00:00:00Z'), leastMinutesApart: 5 });
  try {
    check.done();
    return [];
  } catch (error) {
    const { details } = error as { details: { violations: { path: string }[] } };
    return details.violations.map(({ path }) => path);
  }
};

test.each([
  [recurrence('0 7 * * MON-FRI'), []],
  [recurrence('*/5 * * * *'), []],
  [recurrence('* * * * *'), ['input.cron']],
  [recurrence('*/30 0 7 * * *'), ['input.cron']],
  [recurrence('61 7 * * *'), ['input.cron']],
  [recurrence('0 0 30 2 *'), ['input.cron']],
  [recurrence('every day'), ['input.cron']],
  [recurrence('0 7 * * *', 'Mars/Olympus'), ['input.timeZone']],
  [
    recurrence('0 7 * * *', 'UTC', { startsAt: new Date('2027-01-02'), endsAt: new Date('2027-01-01') }),
    ['input.endsAt'],
  ],
])('%j breaks the rules of %j', (each, broken) => {
  expect(rulesBroken(each)).toEqual(broken);
});
