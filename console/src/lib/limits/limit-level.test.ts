import { describe, expect, it } from 'vitest';
import { limitLevel } from './limit-level.ts';
import { formatAmount, parseAmount, typedAmount } from './limit-names.ts';

describe('how near something is to its limit', () => {
  it.each([
    [0, null, 'UNLIMITED'],
    [0, 1, 'FREE'],
    [2, 4, 'FREE'],
    [3, 4, 'FILLING'],
    [4, 4, 'REACHED'],
    [0, 0, 'REACHED'],
    [5, 4, 'EXCEEDED'],
    ['9007199254740993', '9007199254741993', 'FILLING'],
  ] as const)('%s of %s is %s', (used, maximum, level) => expect(limitLevel({ used, maximum })).toBe(level));
});

describe('amounts', () => {
  it('are shown and typed in GiB where they are sizes', () => {
    expect(formatAmount('MEMORY', 1536 * 1024 ** 2)).toBe('1.5 GiB');
    expect(typedAmount('MEMORY', 1536 * 1024 ** 2)).toBe('1.5');
    expect(parseAmount('MEMORY', ' 1.5 ')).toBe(String(1536 * 1024 ** 2));
    expect(parseAmount('PRIMARY_STORAGE', '200')).toBe(String(200 * 1024 ** 3));
  });

  it('are pieces otherwise', () => {
    expect(formatAmount('VIRTUAL_MACHINE', 1200)).toBe('1,200');
    expect(parseAmount('VIRTUAL_MACHINE', '0')).toBe('0');
  });

  it.each(['', '-1', '1.5', 'many', '1e3', '12345678901'])('%j is no number of pieces', (typed) =>
    expect(parseAmount('CPU', typed)).toBeUndefined(),
  );

  it.each(['', '-1', '1,5', '1.', '.5'])('%j is no size', (typed) =>
    expect(parseAmount('MEMORY', typed)).toBeUndefined(),
  );
});
