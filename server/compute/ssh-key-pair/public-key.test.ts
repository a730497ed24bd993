import ssh2 from 'ssh2';
import { expect, test } from 'vitest';
import { generateKey, readPublicKey } from './public-key.ts';

const ed25519 =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl rob@example.org';

test('a line of authorized_keys is taken as it is, with its fingerprint', () => {
  expect(readPublicKey('key', `  ${ed25519}\n`)).toEqual({
    line: ed25519,
    // As `ssh-keygen -l` shows it.
    fingerprint: 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
  });
});

test.for(['256', '384', '521'] as const)('ecdsa with %s bits is taken', (bits) => {
  const made = ssh2.utils.generateKeyPairSync('ecdsa', { bits: Number(bits) as 256 });
  expect(readPublicKey('key', made.public).line).toMatch(new RegExp(`^ecdsa-sha2-nistp${bits} `));
});

test('rsa is taken from 2048 bits', () => {
  const lineOf = (bits: number) => ssh2.utils.generateKeyPairSync('rsa', { bits }).public;
  expect(readPublicKey('key', lineOf(2048)).line).toMatch(/^ssh-rsa /);
  expect(() => readPublicKey('key', lineOf(1024))).toThrow('at least 2048 bits; this one has 1024');
});

test.for([
  '',
  'ssh-ed25519',
  'ssh-ed25519 AAAA',
  `command="rm -rf /" ${ed25519}`,
  `${ed25519}\n${ed25519}`,
  ed25519.replace('ssh-ed25519 ', 'ssh-rsa '),
  ed25519.replace('GKJl', 'GK'),
  'ssh-dss AAAAB3NzaC1kc3MAAACBAP',
  generateKey('secret').privateKey,
])('%s is refused', (text) => {
  expect(() => readPublicKey('input.publicKey', text)).toThrow(/^input\.publicKey is .*: must be/);
});

test('a generated key can be read back', () => {
  const { privateKey, line, fingerprint } = generateKey('web');
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  expect(key.isPrivateKey()).toBe(true);
  expect(line).toBe(`ssh-ed25519 ${key.getPublicSSH().toString('base64')} web`);
  expect(fingerprint).toMatch(/^SHA256:[\w+/]{43}$/);
});

test('keys that begin with zeros are whole too', () => {
  // One in 256 does.
  for (let count = 0; count < 2000; count++) {
    const key = ssh2.utils.parseKey(generateKey('web').privateKey);
    if (key instanceof Error) throw key;
    expect(key.verify('text', key.sign('text'))).toBe(true);
  }
});
