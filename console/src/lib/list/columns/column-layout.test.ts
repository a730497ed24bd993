import { describe, expect, it } from 'vitest';
import { isShown, moved, ordered, usableWidth, withChoice } from './column-layout.ts';

const columns = [
  { id: 'name' },
  { id: 'state' },
  { id: 'host', isOptional: true },
  { id: 'created' },
  { id: 'actions', isTitleHidden: true },
];
const names = (list: readonly { id?: string }[]) => list.map(({ id }) => id).join(' ');

describe('columns', () => {
  it('stand as they were made when nothing was chosen', () => {
    expect(names(ordered(columns, []))).toBe('name state host created actions');
    expect(columns.filter((column) => isShown(column, [])).map(({ id }) => id)).not.toContain('host');
  });

  it('stand as chosen, buttons at the end, and new ones after their neighbour', () => {
    expect(names(ordered(columns, [{ id: 'created' }, { id: 'name' }, { id: 'gone' }]))).toBe(
      'created name state host actions',
    );
  });

  it('move, and stop at the ends', () => {
    expect(names(moved(columns, [], 'created', -2))).toBe('name created state host');
    expect(names(moved(columns, [], 'name', -5))).toBe('name state host created');
    expect(names(moved(columns, [], 'name', 50))).toBe('state host created name');
    expect(names(moved(columns, [], 'nothing', 1))).toBe('name state host created');
  });

  it('are left out and brought back, their places kept', () => {
    const hidden = withChoice(columns, [{ id: 'state' }], 'name', { isHidden: true });
    expect(isShown({ id: 'name' }, hidden)).toBe(false);
    expect(
      isShown({ id: 'host', isOptional: true }, withChoice(columns, [], 'host', { isHidden: false })),
    ).toBe(true);
    expect(isShown({ id: 'actions', isTitleHidden: true }, [{ id: 'actions', isHidden: true }])).toBe(true);
  });

  it('have a width that can be seen', () => {
    expect([usableWidth(3), usableWidth(120.4), usableWidth(90_000)]).toEqual([48, 120, 800]);
  });
});
