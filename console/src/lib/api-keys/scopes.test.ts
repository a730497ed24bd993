import { describe, expect, it } from 'vitest';
import { covers, familiesOf, isCoveredByOther, withScope } from './scopes.ts';

describe('scopes', () => {
  it('group permissions by what they are about', () => {
    expect(familiesOf(['zone.list', 'zone.create', 'host.list'])).toEqual([
      { resource: 'zone', permissions: ['zone.list', 'zone.create'] },
      { resource: 'host', permissions: ['host.list'] },
    ]);
  });

  it.each([
    ['*', 'zone.list', true],
    ['zone.list', 'zone.list', true],
    ['zone.*', 'zone.create', true],
    ['*.list', 'zone.list', true],
    ['*.list', 'zone.create', false],
    ['host.*', 'zone.list', false],
  ])('%s covers %s: %s', (pattern, permission, isCovered) => {
    expect(covers(pattern, permission)).toBe(isCovered);
  });

  it('leave out what a wider one covers', () => {
    expect(withScope(['zone.list', 'host.list'], 'zone.*', true)).toEqual(['host.list', 'zone.*']);
    expect(withScope(['zone.list', 'zone.create'], '*.list', true)).toEqual(['zone.create', '*.list']);
    expect(withScope(['zone.*', 'host.list'], 'zone.*', false)).toEqual(['host.list']);
  });

  it('tell what is covered anyway', () => {
    expect(isCoveredByOther(['zone.*'], 'zone.list')).toBe(true);
    expect(isCoveredByOther(['zone.list'], 'zone.list')).toBe(false);
  });
});
