import type { Row } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { ZoneDraftHost, ZoneDraftSsh } from '@nephos/model/shapes/zone-draft.ts';
import type { Sealing } from '../../../platform/sealing.ts';
import type { SshInput } from '../../host-installation/ssh-input.ts';

/** What proves the user on one machine. */
export interface HostSecret {
  password?: string;
  privateKey?: string;
  passphrase?: string;
}

/** By the host's key in the draft. */
export type HostSecrets = Record<string, HostSecret>;

/** A secret as a client gives it: absent stays as it was, empty is forgotten. */
export interface GivenSecret {
  password?: string | null | undefined;
  privateKey?: string | null | undefined;
  passphrase?: string | null | undefined;
}

const contextOf = (id: Id<'ZoneDraft'>) => `zone-draft ${id}`;

export function sealSecrets(sealing: Sealing, id: Id<'ZoneDraft'>, secrets: HostSecrets): Buffer | null {
  if (Object.keys(secrets).length === 0) return null;
  return sealing.seal(Buffer.from(JSON.stringify(secrets)), contextOf(id));
}

export function openSecrets(
  sealing: Sealing,
  { id, sealedSecrets }: Pick<Row<'ZoneDraft'>, 'id' | 'sealedSecrets'>,
): HostSecrets {
  if (sealedSecrets === null) return {};
  return JSON.parse(sealing.open(sealedSecrets, contextOf(id)).toString()) as HostSecrets;
}

/**
 * What is kept of a secret after a change of its host. It was given for one user on one machine: nobody sends it
 * elsewhere by changing the address.
 */
export function keptSecret(
  kept: HostSecret | undefined,
  before: ZoneDraftSsh | null | undefined,
  after: ZoneDraftSsh,
  given: GivenSecret,
): HostSecret {
  const old: HostSecret = before != null && isSameAccess(before, after) ? (kept ?? {}) : {};
  // One proof is enough, and the one that was given last is meant.
  if (given.password) return { password: given.password };
  const password = given.privateKey ? '' : (given.password ?? old.password ?? '');
  const privateKey = given.privateKey ?? old.privateKey ?? '';
  const passphrase = given.passphrase ?? old.passphrase ?? '';
  return {
    ...(password !== '' && { password }),
    ...(privateKey !== '' && { privateKey }),
    ...(passphrase !== '' && { passphrase }),
  };
}

/** Whether both lead to the same user on the same machine. */
export function isSameAccess(one: ZoneDraftSsh, other: ZoneDraftSsh): boolean {
  return (['address', 'port', 'username'] as const).every((name) => one[name].trim() === other[name].trim());
}

/** How a machine of a draft is entered. */
export function sshInputOf({ ssh }: ZoneDraftHost, secret: HostSecret | undefined): SshInput | undefined {
  if (ssh === null) return undefined;
  return {
    address: ssh.address.trim(),
    port: Number(ssh.port),
    username: ssh.username.trim(),
    hostKeyFingerprint: ssh.hostKeyFingerprint.trim() || null,
    ...secret,
  };
}
