import { expect, it } from 'vitest';
import { GoSequence } from './go-sequence.ts';

it('a letter after g leads somewhere, soon enough and once', () => {
  const sequence = new GoSequence();
  expect(sequence.press('h', 0)).toBeUndefined();
  expect(sequence.press('g', 100)).toBeUndefined();
  expect(sequence.press('h', 1000)).toBe('h');
  expect(sequence.press('h', 1100)).toBeUndefined();
  expect(sequence.press('g', 2000)).toBeUndefined();
  expect(sequence.press('h', 9000)).toBeUndefined();
});
