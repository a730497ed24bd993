import { PlatformError, type ErrorCode } from '../../platform/errors.ts';

/** The check that a machine fails when one cannot even get in. */
export type EntryCheck = 'reachable' | 'hostKey' | 'signIn' | 'rootRights';

/** A machine could not be entered over SSH. Neither message nor details hold a secret. */
export class SshFailure extends PlatformError {
  override name = 'SshFailure';
  readonly check: EntryCheck;

  constructor(
    check: EntryCheck,
    message: string,
    facts: { remedy: string; cause?: unknown; details?: Record<string, unknown> },
  ) {
    const code: ErrorCode = check === 'reachable' ? 'HOST_UNREACHABLE' : 'HOST_UNFIT';
    super(code, message, { ...facts, details: { check, ...facts.details } });
    this.check = check;
  }
}

const reasons: Record<string, string> = {
  ECONNREFUSED: 'nothing listens on that port',
  EHOSTUNREACH: 'there is no way to that address',
  ENETUNREACH: 'there is no way to that network',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name could not be looked up',
  ECONNRESET: 'it ended the connection',
  ETIMEDOUT: 'it did not answer in time',
};

/** What the SSH library says without a code. */
const said: readonly [RegExp, string][] = [
  [/timed out/i, 'it did not answer in time'],
  [/before handshake/i, 'it ended the connection before it said anything'],
];

/** No connection came about, or it ended. */
export function unreachable(address: string, port: number, cause: Error & { code?: unknown }): SshFailure {
  const known = typeof cause.code === 'string' ? reasons[cause.code] : undefined;
  const why = known ?? said.find(([pattern]) => pattern.test(cause.message))?.[1] ?? cause.message;
  return new SshFailure('reachable', `${address} port ${port} cannot be reached over SSH: ${why}`, {
    cause,
    remedy: 'see that the machine is on, that sshd runs there, and that no firewall is in between',
  });
}

/** It shows another key than it should: somebody may stand in between, so nothing was said to it. */
export function keyChanged(address: string, expected: string, shown: string): SshFailure {
  return new SshFailure('hostKey', `${address} shows the host key ${shown}; expected was ${expected}`, {
    remedy:
      'compare with `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on the machine itself; give its fingerprint only if you know why it changed',
    details: { expected, shown },
  });
}

/** It does not let this user in. */
export function notLetIn(address: string, username: string, way: 'password' | 'private key'): SshFailure {
  return new SshFailure('signIn', `${address} does not let ${username} in with this ${way}`, {
    remedy: `see that the user and the ${way} are right, and that sshd there allows this way of signing in`,
  });
}

/** It lets the user in, who is not root and may not become root. */
export function notRoot(address: string, username: string, complaint: string): SshFailure {
  return new SshFailure(
    'rootRights',
    `${username} on ${address} may not become root without a password: ${complaint}`,
    { remedy: `sign in as root, or let ${username} use sudo without a password (NOPASSWD: ALL)` },
  );
}
