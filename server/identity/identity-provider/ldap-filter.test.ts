import fc from 'fast-check';
import { FilterParser, EqualityFilter, AndFilter } from 'ldapts';
import { expect, it } from 'vitest';
import { filterFrom } from './ldap-filter.ts';

it.each([
  ['lin', '(uid=lin)'],
  ['*', String.raw`(uid=\2a)`],
  ['*)(uid=*', String.raw`(uid=\2a\29\28uid=\2a)`],
  ['a\\b', String.raw`(uid=a\5cb)`],
  ['nul\0', String.raw`(uid=nul\00)`],
  ['{dn}', '(uid={dn})'],
])('%j is only ever compared with', (username, filter) => {
  expect(filterFrom('(uid={username})', { username, dn: 'never' })).toBe(filter);
});

it('whatever is typed, the filter keeps its form and compares with just that', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (username) => {
      const text = filterFrom('(&(objectClass=person)(uid={username}))', { username });
      const wanted = [
        new EqualityFilter({ attribute: 'objectClass', value: 'person' }),
        new EqualityFilter({ attribute: 'uid', value: username }),
      ];
      expect(FilterParser.parseString(text)).toStrictEqual(new AndFilter({ filters: wanted }));
    }),
  );
});
