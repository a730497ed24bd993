import { describe, expect, it } from 'vitest';
import { Selection } from './selection.svelte.ts';

const rows = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, state: 'RUNNING' }));
const chosen = (selection: Selection<{ id: string; state: string }>) =>
  selection
    .rows(rows)
    .map(({ id }) => id)
    .join('');

describe('Selection', () => {
  it('chooses and takes back', () => {
    const selection = new Selection<(typeof rows)[number]>();
    selection.toggle(rows[1]!, rows);
    expect([selection.size, selection.has('b'), selection.shareOf(rows)]).toEqual([1, true, 'some']);
    selection.toggle(rows[1]!, rows);
    expect(selection.shareOf(rows)).toBe('none');
  });

  it('chooses a range, either way, and only one where there is no beginning', () => {
    const selection = new Selection<(typeof rows)[number]>();
    selection.toggle(rows[3]!, rows, true);
    expect(chosen(selection)).toBe('d');
    selection.toggle(rows[1]!, rows, true);
    expect(new Set(chosen(selection))).toEqual(new Set('bcd'));
  });

  it('chooses a page whole, then none of it, and keeps what is on other pages', () => {
    const selection = new Selection<(typeof rows)[number]>();
    selection.toggle({ id: 'z', state: 'STOPPED' }, []);
    selection.togglePage(rows);
    expect(selection.shareOf(rows)).toBe('all');
    selection.togglePage(rows);
    expect(selection.rows(rows)).toEqual([{ id: 'z', state: 'STOPPED' }]);
    selection.clear();
    expect(selection.size).toBe(0);
  });

  it('answers with the newest there is of a row', () => {
    const selection = new Selection<(typeof rows)[number]>();
    selection.toggle(rows[0]!, rows);
    expect(selection.rows([{ id: 'a', state: 'STOPPED' }])).toEqual([{ id: 'a', state: 'STOPPED' }]);
    selection.hear([
      { id: 'a', node: { id: 'a', state: 'STOPPING' } },
      { id: 'b', node: { id: 'b' } },
      { id: 'c', node: null },
    ]);
    expect(selection.rows([])).toEqual([{ id: 'a', state: 'STOPPING' }]);
  });
});
