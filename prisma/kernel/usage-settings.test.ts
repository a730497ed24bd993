import { expect, test } from 'vitest';
import { readRange, readTimeOfDay, readTimeZone, usageSettingsFrom } from './usage-settings.ts';

test.each(['1440', '60', '5', '90'])('%s minutes divide a day', (text) => {
  expect(readRange(text)).toBe(Number(text));
});

test.each(['0', '7', '1441', '2880', '-60', '1.5', ''])('%j is no range', (text) => {
  expect(readRange(text)).toBeUndefined();
});

test('time zones and times of day are known, or are none', () => {
  expect(readTimeZone('Asia/Shanghai')).toBe('Asia/Shanghai');
  expect(readTimeZone('Mars/Olympus')).toBeUndefined();
  expect(readTimeOfDay('23:59')).toBe('23:59');
  expect([readTimeOfDay('24:00'), readTimeOfDay('1:00'), readTimeOfDay('')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('what nobody changed is as it is by default', () => {
  expect(usageSettingsFrom(new Map())).toEqual({
    rangeMinutes: 1440,
    timeZone: 'UTC',
    delayMinutes: 15,
    keptMonths: 24,
  });
});

test('shorter periods have their turn by the minutes of that time', () => {
  const changed = new Map([
    ['usage.stats.job.aggregation.range', '60'],
    ['usage.stats.job.exec.time', '03:20'],
    ['usage.aggregation.timezone', 'nowhere'],
    ['usage.event.retention.months', '-1'],
  ]);
  expect(usageSettingsFrom(changed)).toEqual({
    rangeMinutes: 60,
    timeZone: 'UTC',
    delayMinutes: 20,
    keptMonths: 24,
  });
});
