import { expect, test } from 'vitest';
import { dateAfter, forecastMonth, type DayCost, type ForecastFacts } from './forecast.ts';
import { forecastSpending } from './spending.ts';

const timeZone = 'UTC';
const hour = 3_600_000;

/** November has 30 days. 2026-11-16 is a Monday. */
const facts = (more: Partial<ForecastFacts> = {}): ForecastFacts => ({
  amount: 1000n,
  asOf: new Date('2026-11-16T00:00:00Z'),
  monthEndsAt: new Date('2026-12-01T00:00:00Z'),
  timeZone,
  perHour: 0n,
  days: new Map(),
  lastDay: '2026-11-15',
  ...more,
});

function daysBefore(count: number, cost: (day: string) => Partial<DayCost>): Map<string, DayCost> {
  return new Map(
    Array.from({ length: count }, (_, index) => {
      const day = dateAfter('2026-11-15', -index);
      return [day, { timed: 0n, counted: 0n, ...cost(day) }];
    }),
  );
}

test('what goes on now goes on', () => {
  expect(forecastMonth(facts({ perHour: 10n }))).toBe(1000n + 15n * 24n * 10n);
  expect(forecastMonth(facts({ perHour: 10n, asOf: new Date('2026-11-30T12:00:00Z') }))).toBe(1120n);
});

test('a month that is over costs what it cost', () => {
  expect(forecastMonth(facts({ perHour: 10n, asOf: new Date('2026-12-01T00:00:00Z') }))).toBe(1000n);
});

test('traffic comes as in the last seven days', () => {
  const days = daysBefore(20, (day) => ({ counted: day >= '2026-11-09' ? 70n : 9999n }));
  expect(forecastMonth(facts({ days }))).toBe(1000n + 15n * 70n);
  const noon = new Date(facts().asOf.getTime() + 12 * hour);
  expect(forecastMonth(facts({ days, asOf: noon }))).toBe(1000n + 35n + 14n * 70n);
});

test('weekdays differ as they did, once two weeks are known', () => {
  const isWeekend = (day: string) => [0, 6].includes(new Date(day).getUTCDay());
  const cost = (day: string) => ({ timed: isWeekend(day) ? 30n : 100n });
  // The mean day costs 80; ten workdays of the 15 that are left cost 20 more, four at weekends 50 less, and a Monday 20 more.
  expect(forecastMonth(facts({ perHour: 0n, days: daysBefore(28, cost) }))).toBe(
    1000n + 11n * 20n - 4n * 50n,
  );
  expect(forecastMonth(facts({ perHour: 0n, days: daysBefore(13, cost) }))).toBe(1000n);
});

test('it is never less than what was spent', () => {
  const cost = (day: string) => ({ timed: new Date(day).getUTCDay() === 2 ? 0n : 7000n });
  const lastDay = new Date('2026-11-30T12:00:00Z');
  expect(forecastMonth(facts({ days: daysBefore(28, cost), asOf: lastDay }))).toBeGreaterThanOrEqual(1000n);
});

test('where nobody knows what goes on, the days before say it', () => {
  const days = daysBefore(3, () => ({ timed: 48n }));
  expect(forecastMonth(facts({ perHour: null, days }))).toBe(1000n + 15n * 48n);
});

test('days without costs count as much as others', () => {
  const days = new Map([
    ['2026-11-09', { timed: 0n, counted: 700n }],
    ['2026-11-15', { timed: 0n, counted: 0n }],
  ]);
  expect(forecastMonth(facts({ days }))).toBe(1000n + 15n * 100n);
});

test('days of the month before, of which nothing is known yet, are none of this one', () => {
  const money = (numerator: bigint) => ({ numerator, denominator: 1n });
  const nothing = money(0n);
  const spending = {
    ...{ currency: 'EUR', amount: nothing, lastMonth: nothing, perHour: money(10n) },
    days: new Map([['2026-11-28', { timed: nothing, counted: money(70n) }]]),
  };
  const [startsAt, endsAt] = [new Date('2026-12-01T00:00:00Z'), new Date('2027-01-01T00:00:00Z')];
  const horizon = { asOf: new Date('2026-11-29T00:00:00Z'), ratedUntil: null, lastDay: '2026-11-28' };
  const month = { name: '2026-12', previous: '2026-11', startsAt, endsAt };
  expect(forecastSpending(spending, { month, now: startsAt, horizon, timeZone })).toEqual(
    money(31n * 24n * 10n + 31n * 70n),
  );
});
