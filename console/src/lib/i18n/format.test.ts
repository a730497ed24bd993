import { expect, it } from 'vitest';
import { formatDays } from './format.ts';

it('days end with the last one that is part of them', () => {
  const day = (number: number) => new Date(2026, 9, number).toISOString();
  expect(formatDays(day(1), day(8))).toMatch(/^Oct 1\s–\s7, 2026$/u);
  expect(formatDays(day(1), day(2))).toBe('Oct 1, 2026');
  expect(formatDays(day(1), day(1))).toBe('Oct 1, 2026');
});
