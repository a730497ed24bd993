import { describe, expect, it } from 'vitest';
import { rowWindow, scrollToShow } from './row-window.ts';

describe('rowWindow', () => {
  it('shows all of a hundred rows', () => {
    expect(rowWindow(100, 32, 640, 320)).toEqual({ from: 0, to: 100, above: 0, below: 0 });
  });

  it('shows few of many, and keeps the height of all, wherever it is scrolled', () => {
    for (let scrolled = -50; scrolled <= 500 * 32; scrolled += 37) {
      const { from, to, above, below } = rowWindow(500, 32, scrolled, 600);
      expect(above + (to - from) * 32 + below).toBe(500 * 32);
      expect(to - from).toBeLessThanOrEqual(19 + 36);
      const first = Math.max(Math.floor(scrolled / 32), 0);
      const last = Math.min(first + 19, 500);
      expect(from).toBeLessThanOrEqual(first);
      expect(to).toBeGreaterThanOrEqual(last);
    }
  });
});

describe('scrollToShow', () => {
  it('scrolls no farther than it must', () => {
    expect(scrollToShow(5, 32, 0, 632, 32)).toBe(0);
    expect(scrollToShow(5, 32, 400, 632, 32)).toBe(160);
    expect(scrollToShow(40, 32, 0, 632, 32)).toBe(41 * 32 - 600);
  });
});
