import { expect, it } from 'vitest';
import { fieldColumns } from './field-columns.ts';

it('makes a column of every field that some row has', () => {
  const rows = [
    { __typename: 'Run', id: 'a', zone: null, tags: ['x', 'y'], size: 3, isOn: true },
    {
      __typename: 'Run',
      id: 'b',
      zone: { __typename: 'Zone', name: 'bj' },
      tags: [],
      size: null,
      isOn: false,
    },
  ];
  const columns = fieldColumns<(typeof rows)[number]>(rows);
  expect(columns.map(({ title }) => title)).toEqual(['id', 'tags', 'size', 'isOn', 'zone.name']);
  expect(rows.map((row) => columns.map(({ text }) => text?.(row)))).toEqual([
    ['a', '["x","y"]', 3, 'true', null],
    ['b', '[]', null, 'false', 'bj'],
  ]);
});
