import { expect, test } from 'vitest';
import { snapshotTree } from './snapshot-tree.ts';

const one = (id: string, parentId: string | null = null) => ({ id, parentId });

test('puts snapshots below those that they were taken on, in their order', () => {
  expect(snapshotTree([one('a'), one('b', 'a'), one('c', 'b'), one('d', 'a'), one('e')])).toEqual([
    {
      snapshot: one('a'),
      children: [
        { snapshot: one('b', 'a'), children: [{ snapshot: one('c', 'b'), children: [] }] },
        { snapshot: one('d', 'a'), children: [] },
      ],
    },
    { snapshot: one('e'), children: [] },
  ]);
});

test('loses none whose parent is not there, as while lists change', () => {
  expect(snapshotTree([one('b', 'gone')])).toEqual([{ snapshot: one('b', 'gone'), children: [] }]);
});
