import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PendingWrites } from './pending-writes.ts';

describe('writes that follow each other', () => {
  const sent: [string, number][] = [];
  const writes = new PendingWrites<number>(500, (key, value) => sent.push([key, value]));

  beforeEach(() => {
    sent.length = 0;
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('are one for each key, with the last value', () => {
    writes.write('a', 1);
    vi.advanceTimersByTime(400);
    writes.write('a', 2);
    writes.write('b', 3);
    vi.advanceTimersByTime(400);
    expect(sent).toEqual([]);
    expect(writes.has('a')).toBe(true);
    vi.advanceTimersByTime(100);
    expect(sent).toEqual([
      ['a', 2],
      ['b', 3],
    ]);
    expect(writes.has('a')).toBe(false);
  });

  it('are sent at once when the page goes, and not again', () => {
    writes.write('a', 1);
    writes.flush();
    vi.advanceTimersByTime(1000);
    expect(sent).toEqual([['a', 1]]);
  });
});
