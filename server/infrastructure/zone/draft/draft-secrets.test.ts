import { expect, test } from 'vitest';
import { keptSecret, type GivenSecret, type HostSecret } from './draft-secrets.ts';

const ssh = { address: '10.0.0.7', port: '22', username: 'root', hostKeyFingerprint: '' };
const key: HostSecret = { privateKey: 'KEY', passphrase: 'words' };

test.each<[string, Partial<typeof ssh>, GivenSecret, HostSecret]>([
  ['stays when nothing is given', {}, {}, key],
  ['stays with another host key', { hostKeyFingerprint: 'SHA256:x' }, {}, key],
  ['is forgotten with another address', { address: '10.0.0.8' }, {}, {}],
  ['is forgotten with another port', { port: '23' }, {}, {}],
  ['is forgotten with another user', { username: 'admin' }, {}, {}],
  ['gives way to a password', {}, { password: 'secret' }, { password: 'secret' }],
  [
    'is given anew for another address',
    { address: '10.0.0.8' },
    { privateKey: 'NEW' },
    { privateKey: 'NEW' },
  ],
  ['is forgotten when it is empty', {}, { privateKey: '', passphrase: '' }, {}],
])('a secret %s', (_, change, given, kept) =>
  expect(keptSecret(key, ssh, { ...ssh, ...change }, given)).toEqual(kept),
);
