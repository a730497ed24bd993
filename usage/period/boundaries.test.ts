import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lastBoundary, nextBoundary, type PeriodRule } from './boundaries.ts';

const hourMs = 3_600_000;
const day = (timeZone: string): PeriodRule => ({ rangeMinutes: 1440, timeZone });
const hour = (timeZone: string): PeriodRule => ({ rangeMinutes: 60, timeZone });

/** Hours of the periods that end within a stretch of time. */
function lengths(from: string, until: string, rule: PeriodRule): number[] {
  const hours: number[] = [];
  for (let at = new Date(from); at < new Date(until);) {
    const next = nextBoundary(at, rule);
    hours.push((next.getTime() - at.getTime()) / hourMs);
    at = next;
  }
  return hours;
}

describe('days', () => {
  test.each([
    ['UTC', '2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z'],
    ['Asia/Shanghai', '2026-02-28T16:00:00Z', '2026-03-01T16:00:00Z'],
    ['Asia/Kolkata', '2026-02-28T18:30:00Z', '2026-03-01T18:30:00Z'],
    ['Asia/Kathmandu', '2026-02-28T18:15:00Z', '2026-03-01T18:15:00Z'],
  ])('of %s begin at its midnight', (timeZone, start, end) => {
    expect(nextBoundary(new Date(start), day(timeZone)).toISOString()).toBe(new Date(end).toISOString());
    expect(lastBoundary(new Date(start), day(timeZone)).toISOString()).toBe(new Date(start).toISOString());
    expect(lastBoundary(new Date(new Date(end).getTime() - 1), day(timeZone))).toEqual(new Date(start));
  });

  test.each([
    ['clocks put forward', 'Europe/Berlin', '2026-03-28T23:00:00Z', [23, 24]],
    ['clocks put back', 'Europe/Berlin', '2026-10-24T22:00:00Z', [25, 24]],
    ['half an hour', 'Australia/Lord_Howe', '2026-04-04T13:00:00Z', [24.5, 24]],
    ['midnight left out', 'Asia/Beirut', '2026-03-28T22:00:00Z', [23, 24]],
    ['midnight shown twice', 'Asia/Beirut', '2026-10-23T21:00:00Z', [25, 24]],
    ['midnight come to twice', 'America/Havana', '2026-11-01T04:00:00Z', [25, 24]],
    ['a day left out', 'Pacific/Apia', '2011-12-29T10:00:00Z', [24, 24]],
  ])('%s', (_name, timeZone, from, hours) => {
    const until = new Date(new Date(from).getTime() + 40 * hourMs).toISOString();
    expect(lengths(from, until, day(timeZone))).toEqual(hours);
  });
});

describe('hours', () => {
  test.each([
    ['of a day of 23', 'Europe/Berlin', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', 23],
    ['of a day of 25', 'Europe/Berlin', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', 25],
    ['of a day that begins at half past', 'Asia/Kolkata', '2026-02-28T18:30:00Z', '2026-03-01T18:30:00Z', 24],
  ])('%s are all an hour', (_name, timeZone, from, until, count) => {
    expect(lengths(from, until, hour(timeZone))).toEqual(Array.from({ length: count }, () => 1));
  });

  test('clocks that are moved by half an hour make one of them longer, or two of them half', () => {
    const { timeZone } = hour('Australia/Lord_Howe');
    expect(lengths('2026-04-04T13:00:00Z', '2026-04-04T17:00:00Z', hour(timeZone))).toEqual([1, 1.5, 1, 1]);
    expect(lengths('2026-10-03T13:30:00Z', '2026-10-03T17:00:00Z', hour(timeZone))).toEqual([1, 1, 0.5, 1]);
  });
});

test('half days keep to noon', () => {
  const rule = { rangeMinutes: 720, timeZone: 'Europe/Berlin' };
  expect(lengths('2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', rule)).toEqual([13, 12]);
});

test('another rule goes on from wherever the one before ended', () => {
  const end = nextBoundary(new Date('2026-05-01T05:00:00Z'), hour('UTC'));
  expect(nextBoundary(end, day('Asia/Shanghai')).toISOString()).toBe('2026-05-01T16:00:00.000Z');
});

test('whatever the zone and the range, periods follow each other and no moment is left out', () => {
  const zones = [
    'UTC',
    'Europe/Berlin',
    'America/St_Johns',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'Africa/Cairo',
  ];
  const rule = fc.record({
    rangeMinutes: fc.constantFrom(5, 10, 15, 20, 30, 45, 60, 90, 120, 240, 480, 720, 1440),
    timeZone: fc.constantFrom(...zones),
  });
  const moment = fc.date({
    min: new Date('2020-01-01T00:00:00Z'),
    max: new Date('2030-01-01T00:00:00Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(rule, moment, (each, at) => {
      const start = lastBoundary(at, each);
      const end = nextBoundary(at, each);
      expect(start <= at && at < end).toBe(true);
      expect(nextBoundary(start, each)).toEqual(end);
      expect(lastBoundary(end, each)).toEqual(end);
      expect(end.getTime() - start.getTime()).toBeLessThanOrEqual((each.rangeMinutes + 60) * 60_000);
    }),
    { numRuns: 1000 },
  );
});
