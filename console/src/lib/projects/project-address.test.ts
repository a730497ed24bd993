import { describe, expect, it } from 'vitest';
import { nameProject } from './project-address.ts';

function named(address: string, projectId: string | null): string {
  const url = new URL(address, 'https://cloud.example');
  nameProject(url, projectId);
  return url.pathname + url.search;
}

describe('the chosen project in the address of a list', () => {
  it.each([
    ['/virtual-machines?state=RUNNING', '/virtual-machines?state=RUNNING&project=proj_1'],
    ['/images?tab=isos&q=debian', '/images?tab=isos&q=debian&project=proj_1'],
    ['/jobs?project=proj_2&status=FAILED', '/jobs?status=FAILED&project=proj_1'],
  ])('%s becomes %s', (address, expected) => expect(named(address, 'proj_1')).toBe(expected));

  it.each(['/virtual-machines', '/virtual-machines?project=proj_2', '/images?tab=isos&project=proj_2'])(
    'is not in %s, which says nothing else',
    (address) => expect(named(address, 'proj_1')).not.toContain('project'),
  );

  it('is not in lists that show what belongs to no project', () =>
    expect(named('/users?q=alice', 'proj_1')).toBe('/users?q=alice'));

  it('goes when one works in one’s own account', () =>
    expect(named('/usage?type=1&project=proj_2', null)).toBe('/usage?type=1'));
});
