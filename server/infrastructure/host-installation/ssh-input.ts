import ssh2 from 'ssh2';
import { PlatformError } from '../../platform/errors.ts';
import type { Check } from '../../platform/validation.ts';
import type { SshAddressInput } from './installing.ts';
import type { SshCredentials } from './ssh-session.ts';

/** How to get into a machine, as a client gives it. */
export interface SshInput {
  address: string;
  port: number;
  username: string;
  password?: string | null | undefined;
  privateKey?: string | null | undefined;
  passphrase?: string | null | undefined;
  hostKeyFingerprint?: string | null | undefined;
}

/** Notes what is wrong with it; no secret is repeated. */
export function checkSshInput(check: Check, path: string, input: SshInput): void {
  const { address, port, username, hostKeyFingerprint } = input;
  check.that(
    /^[A-Za-z0-9][A-Za-z0-9.:_-]{0,252}$|^::[A-Fa-f0-9:.]+$/.test(address),
    `${path}.address`,
    address,
    'must be an IP address or a host name',
  );
  check.range(`${path}.port`, port, 1, 65_535);
  check.that(
    /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/.test(username),
    `${path}.username`,
    username,
    'must be the name of a user: 1 to 32 letters, digits or _.-',
  );
  check.that(
    hostKeyFingerprint == null || /^SHA256:[A-Za-z0-9+/]{43}$/.test(hostKeyFingerprint),
    `${path}.hostKeyFingerprint`,
    hostKeyFingerprint,
    'must be a fingerprint as ssh-keygen shows it: SHA256: and 43 characters',
  );
}

/**
 * What proves the user.
 * @throws PlatformError VALIDATION_FAILED unless there is one good proof; it is not repeated
 */
export function credentialsOf(path: string, input: SshInput): SshCredentials {
  const { password, privateKey, passphrase } = input;
  if (password != null && privateKey == null && password !== '' && password.length <= 1024)
    return { password };
  if (privateKey == null || password != null)
    throw refused(path, 'needs either a password or a private key, and not both');
  const parsed =
    privateKey.length > 20_000 ? undefined : ssh2.utils.parseKey(privateKey, passphrase ?? undefined);
  if (parsed === undefined || parsed instanceof Error) {
    throw refused(
      `${path}.privateKey`,
      'must be a private key in the form of OpenSSH or PEM, with the passphrase if it has one',
    );
  }
  return { privateKey, passphrase };
}

/** Where to sign in, without what proves the user. */
export function addressOf(input: SshInput, pinned: string | null): SshAddressInput {
  const { address, port, username, hostKeyFingerprint } = input;
  return { address, port, username, hostKey: hostKeyFingerprint ?? pinned };
}

function refused(path: string, rule: string): PlatformError {
  return new PlatformError('VALIDATION_FAILED', `${path} ${rule}`, { details: { path, rule } });
}
