import { expect, test } from 'vitest';
import { leaseOf } from '../automation/lease-choice.ts';
import { advancedInput, isRootDiskRight, noChoices } from './advanced-choices.ts';

test('says nothing of what was not chosen', () => {
  expect(advancedInput(noChoices(), 'template')).toEqual({});
});

test('says what was chosen', () => {
  const choices = {
    ...noChoices(),
    startsNow: false,
    bootMode: 'UEFI' as const,
    group: ' web ',
    tags: [
      { key: 'tier', value: 'front' },
      { key: '', value: '' },
    ],
    rootDiskGib: '20',
    sshKeyPairIds: ['sshk_1'],
    generatesPassword: true,
    lease: leaseOf('7', 'STOP', 0),
  };
  expect(advancedInput(choices, 'template')).toEqual({
    startsNow: false,
    bootMode: 'UEFI',
    group: 'web',
    tags: [{ key: 'tier', value: 'front' }],
    rootDiskSize: 20 * 1024 ** 3,
    sshKeyPairIds: ['sshk_1'],
    generatesPassword: true,
    lease: { expiresAt: '1970-01-08T00:00:00.000Z', action: 'STOP' },
  });
  expect(advancedInput(choices, 'iso')).not.toHaveProperty('rootDiskSize');
});

test('a root disk has whole GiB', () => {
  const isRight = (rootDiskGib: string) => isRootDiskRight({ ...noChoices(), rootDiskGib });
  expect(['', '8', '0', '1.5', 'big'].map(isRight)).toEqual([true, true, false, false, false]);
});
