import { describe, expect, it } from 'vitest';
import { moveInGrid } from './grid-moves.ts';

/** Three in a row, and two in the next. */
const places = [0, 1, 2, 3, 4].map((index) => ({ left: (index % 3) * 20, top: Math.floor(index / 3) * 20 }));

describe('arrow keys in a grid', () => {
  it.each([
    ['ArrowRight', 0, 1],
    ['ArrowRight', 2, 3],
    ['ArrowRight', 4, undefined],
    ['ArrowLeft', 0, undefined],
    ['ArrowLeft', 3, 2],
    ['ArrowDown', 1, 4],
    ['ArrowDown', 2, 4],
    ['ArrowDown', 3, undefined],
    ['ArrowUp', 4, 1],
    ['ArrowUp', 1, undefined],
    ['Home', 3, 0],
    ['End', 0, 4],
    ['Enter', 0, undefined],
  ])('%s from %i leads to %s', (key, from, to) => {
    expect(moveInGrid(places, from, key)).toBe(to);
  });

  it('lead nowhere where there is nothing', () => {
    expect(moveInGrid([], 0, 'End')).toBeUndefined();
  });
});
