import { describe, expect, it } from 'vitest';
import { decide, idleRules, matchesPattern, patternFault, patternSuggestions } from './role-rules.ts';

const families = [
  { resource: 'volume', permissions: ['volume.delete', 'volume.list'] },
  { resource: 'zone', permissions: ['zone.list'] },
];
const permissions = families.flatMap((family) => family.permissions);

describe('patterns', () => {
  it.each([
    ['*', 'zone.list', true],
    ['zone.*', 'zone.list', true],
    ['*.list', 'volume.list', true],
    ['*.*', 'volume.list', true],
    ['volume.list', 'volume.list', true],
    ['volume', 'volume.list', false],
    ['volume.li', 'volume.list', false],
    ['zone.*', 'volume.list', false],
  ])('%s and %s: %s', (pattern, permission, matches) =>
    expect(matchesPattern(pattern, permission)).toBe(matches),
  );

  it.each([
    ['', 'EMPTY'],
    ['volume', 'SYNTAX'],
    ['volume.*.list', 'SYNTAX'],
    ['volume.fly', 'MATCHES_NOTHING'],
    ['*', undefined],
    ['*.list', undefined],
  ])('%j is wrong because of %s', (pattern, fault) => expect(patternFault(pattern, permissions)).toBe(fault));

  it('are suggested: all, families, and permissions', () => {
    expect(patternSuggestions(families)).toEqual(['*', 'volume.*', 'zone.*', '*.list', ...permissions]);
  });
});

describe('rules', () => {
  const rules = [
    { pattern: 'volume.delete', effect: 'DENY' },
    { pattern: 'volume.*', effect: 'ALLOW' },
    { pattern: 'volume.list', effect: 'DENY' },
  ] as const;

  it('decide in order, the first that matches', () => {
    expect(decide(rules, 'volume.delete')).toMatchObject({ isAllowed: false, ruleNumber: 1 });
    expect(decide(rules, 'volume.list')).toMatchObject({
      isAllowed: true,
      ruleNumber: 2,
      pattern: 'volume.*',
    });
  });

  it('deny what none matches', () => {
    expect(decide(rules, 'zone.list')).toMatchObject({ isAllowed: false, ruleNumber: undefined });
  });

  it('are idle when others come first', () => expect([...idleRules(rules, permissions)]).toEqual([3]));
});
