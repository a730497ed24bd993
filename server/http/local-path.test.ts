import { expect, it } from 'vitest';
import { localPath } from './local-path.ts';

it.each(['/', '/machines', '/machines/vm_1?tab=disks#top', '/a/b%20c', '/search?q=//x'])(
  '%j stays',
  (path) => {
    expect(localPath(path)).toBe(path);
  },
);

it.each([
  '',
  'machines',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  'https://evil.example',
  'javascript:alert(1)',
  '/..//evil.example',
  '/./\\evil.example',
  ' //evil.example',
  '@evil.example',
  `/${'a'.repeat(600)}`,
])('%j leads home', (path) => {
  expect(localPath(path)).toBe('/');
});

it('escapes what a header could not carry', () => {
  expect(localPath('/größe')).toBe('/gr%C3%B6%C3%9Fe');
});
