import { expect, it } from 'vitest';
import type { Schedule } from './automation-queries.ts';
import { isKeepRight, scheduleInput, typedSchedule } from './schedule-form.ts';

const nightly = {
  action: 'SNAPSHOT',
  keep: 7,
  cron: '0 3 * * *',
  timeZone: 'Asia/Shanghai',
  description: 'before work',
} as Schedule;

it('sends what a schedule has as it was', () => {
  expect(scheduleInput(typedSchedule(nightly))).toEqual(nightly);
});

it('keeps nothing where no snapshots are taken', () => {
  expect(scheduleInput({ ...typedSchedule(nightly), action: 'STOP' })).not.toHaveProperty('keep');
});

it.each([
  ['1', true],
  ['100', true],
  ['101', false],
  ['0', false],
  ['', false],
  ['many', false],
])('keeps %j snapshots: %s', (keep, isRight) => {
  expect(isKeepRight({ ...typedSchedule(nightly), keep })).toBe(isRight);
  expect(isKeepRight({ ...typedSchedule(nightly), keep, action: 'STOP' })).toBe(true);
});
