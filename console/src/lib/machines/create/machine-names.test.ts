import { expect, test } from 'vitest';
import { areNamesRight, countOf, machineNames } from './machine-names.ts';

test('takes 1 to 50, and 1 when nothing was typed', () => {
  expect(['', '1', ' 50 ', '0', '51', '1.5', '-2', 'two'].map(countOf)).toEqual([
    ...[1, 1, 50],
    ...[undefined, undefined, undefined, undefined, undefined],
  ]);
});

test('numbers several, and not one alone', () => {
  expect(machineNames('web', 1)).toEqual(['web']);
  expect(machineNames('web', 3)).toEqual(['web-1', 'web-2', 'web-3']);
});

test('the longest of the names has to fit', () => {
  const long = 'a'.repeat(61);
  expect([1, 9, 10].map((count) => areNamesRight(long, count))).toEqual([true, true, false]);
});
