import { describe, expect, it } from 'vitest';
import { destinationGroups, isWithin, permittedGroups } from './destinations.ts';

const all = destinationGroups.flatMap(({ destinations }) => destinations);

describe('the navigation', () => {
  it('leads to every page once, and by no letter to two', () => {
    const paths = all.map(({ path }) => path);
    const letters = all.flatMap(({ letter }) => letter ?? []);
    expect(new Set(paths).size).toBe(paths.length);
    expect(new Set(letters).size).toBe(letters.length);
  });

  it('shows what the role permits, and no group without anything', () => {
    const groups = permittedGroups((permission) => permission === 'sshKeyPair.list');
    expect(groups.map(({ destinations }) => destinations.map(({ path }) => path))).toEqual([
      ['/'],
      ['/ssh-keys'],
    ]);
  });

  it('knows to what a page belongs', () => {
    expect(isWithin('/hosts/host_1', { path: '/hosts' })).toBe(true);
    expect(isWithin('/hosts-and-more', { path: '/hosts' })).toBe(false);
    expect(isWithin('/hosts', { path: '/' })).toBe(false);
  });
});
