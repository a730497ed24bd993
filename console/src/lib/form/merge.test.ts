import { describe, expect, it } from 'vitest';
import { differences, mergeFields } from './merge.ts';

interface Thing {
  name: string;
  tags: string;
}

const fieldsOf = (typed: Thing) =>
  mergeFields<Thing, Thing>(
    () => typed,
    (thing) => thing,
    { name: 'name', tags: 'tags' },
  );

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

describe('mergeFields', () => {
  const typed = { name: ' web-1 ', size: 2, note: 'kept' };
  const typedOf = ({ name, megabytes }: { name: string; megabytes: number }) => ({
    ...{ name, size: megabytes / 1024, note: '' },
  });
  const [name, size, ...others] = mergeFields(() => typed, typedOf, {
    name: 'Name',
    size: { label: 'Size', text: (gigabytes) => `${gigabytes} GiB` },
  });

  it('read text without blanks around it, and what is no text as they are told', () => {
    expect([name?.mine(), size?.mine()]).toEqual(['web-1', '2 GiB']);
    expect(size?.of({ name: 'web', megabytes: 4096 })).toBe('4 GiB');
  });

  it('put into the form what the thing holds, and leave alone what has no name', () => {
    size?.take({ name: 'web', megabytes: 4096 });
    expect(typed).toEqual({ name: ' web-1 ', size: 4, note: 'kept' });
    expect(others).toEqual([]);
  });
});
