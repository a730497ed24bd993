import { expect, test } from 'vitest';
import { blankAccess, isWhole, sshInput } from './ssh-access.ts';

test('only the secret that was chosen is sent', () => {
  const access = { ...blankAccess(), address: ' 10.0.0.7 ', password: 'left over', privateKey: 'KEY' };
  expect(sshInput(access)).toEqual({
    address: '10.0.0.7',
    port: 22,
    username: 'root',
    password: null,
    privateKey: 'KEY',
    passphrase: null,
    hostKeyFingerprint: null,
  });
  expect(sshInput({ ...access, by: 'password' })).toMatchObject({ password: 'left over', privateKey: null });
});

test('is whole with an address and the secret that was chosen', () => {
  expect(isWhole(blankAccess())).toBe(false);
  expect(isWhole({ ...blankAccess(), address: '10.0.0.7', password: 'secret' })).toBe(false);
  expect(isWhole({ ...blankAccess(), address: '10.0.0.7', by: 'password', password: 'secret' })).toBe(true);
});
