import { describe, expect, it } from 'vitest';
import { isSameOrder, steadyRows } from './steady-rows.ts';

const row = (id: string, state = 'RUNNING') => ({ id, state });

describe('steadyRows', () => {
  it('shows what there is when nothing holds it', () => {
    expect(steadyRows([row('a')], [row('b'), row('a')], false)).toEqual([row('b'), row('a')]);
  });

  it('lets no row come, go or move while it is held, yet shows their new state', () => {
    const shown = steadyRows([row('a'), row('b')], [row('c'), row('b', 'STOPPED')], true);
    expect(shown).toEqual([row('a'), row('b', 'STOPPED')]);
  });

  it('fills a table that was empty even while it is held', () => {
    expect(steadyRows([], [row('a')], true)).toEqual([row('a')]);
  });

  it('knows when what is shown is not what there is', () => {
    expect(isSameOrder([row('a'), row('b')], [row('a'), row('b', 'STOPPED')])).toBe(true);
    expect(isSameOrder([row('a')], [row('a'), row('b')])).toBe(false);
    expect(isSameOrder([row('b'), row('a')], [row('a'), row('b')])).toBe(false);
  });
});
