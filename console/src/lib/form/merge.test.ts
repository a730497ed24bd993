import { describe, expect, it } from 'vitest';
import { differences, type MergeField } from './merge.ts';

interface Thing {
  name: string;
  tags: string;
}

const fieldsOf = (typed: Thing): MergeField<Thing>[] =>
  (['name', 'tags'] as const).map((key) => ({
    label: key,
    mine: () => typed[key],
    of: (thing) => thing[key],
    take: (thing) => (typed[key] = thing[key]),
  }));

const seen = { name: 'web', tags: 'a' };

describe('differences', () => {
  it('suggest whoever alone changed a field', () => {
    const found = differences(fieldsOf({ name: 'web-1', tags: 'a' }), seen, { name: 'web', tags: 'b' });
    expect(found).toEqual([
      { label: 'name', was: 'web', mine: 'web-1', theirs: 'web', suggested: 'mine' },
      { label: 'tags', was: 'a', mine: 'a', theirs: 'b', suggested: 'theirs' },
    ]);
  });

  it('leave it open where both changed a field, and are none where both did the same', () => {
    const found = differences(fieldsOf({ name: 'web-1', tags: 'c' }), seen, { name: 'web-2', tags: 'c' });
    expect(found).toEqual([
      { label: 'name', was: 'web', mine: 'web-1', theirs: 'web-2', suggested: undefined },
    ]);
  });
});
