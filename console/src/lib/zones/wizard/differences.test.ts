import { expect, test } from 'vitest';
import { differences } from './differences.ts';

test('two plans differ in what one has and the other has not, and no secret is shown', () => {
  const mine = { pod: { name: 'a', cidr: 'x' }, hosts: [{ name: 'h', ssh: { password: 'secret' } }] };
  const theirs = { pod: { name: 'b', cidr: 'x' }, hosts: [] };
  expect(differences(mine, theirs)).toEqual([
    { name: 'pod.name', mine: 'a', theirs: 'b' },
    { name: 'hosts.0.name', mine: 'h', theirs: '' },
  ]);
  expect(differences(mine, mine)).toEqual([]);
});
