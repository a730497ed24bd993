import { expect, test } from 'vitest';
import { changedFields } from './changed-fields.ts';

test('tells what changed, before and after', () => {
  const before: object = { name: 'old', size: 1n, at: new Date(0), note: null, same: [1] };
  const after: object = { name: 'new', size: 2n, at: new Date(1), note: 'text', same: [1] };
  expect(changedFields(before, after)).toEqual({
    name: { before: 'old', after: 'new' },
    size: { before: '1', after: '2' },
    at: { before: '1970-01-01T00:00:00.000Z', after: '1970-01-01T00:00:00.001Z' },
    note: { before: null, after: 'text' },
  });
});

test('compares only the fields that are asked for', () => {
  expect(changedFields({ a: 1, b: 1 }, { a: 2, b: 2 }, ['a'])).toEqual({ a: { before: 1, after: 2 } });
});

test.each(['passwordHash', 'clientSecret', 'bindPassword', 'tokenHash', 'totpSecret'])(
  'never shows a %s',
  (field) => {
    const changes = changedFields({ [field]: 'before-value' }, { [field]: 'after-value' });
    expect(changes).toEqual({ [field]: { before: '(secret)', after: '(changed)' } });
  },
);
