import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { getGuarded } from '../../identity/access/guarded-loader.ts';
import type { Permission } from '../../identity/access/permissions.ts';
import type { Actor } from '../../platform/actor.ts';

/** Lines for authorized_keys of key pairs that an actor sees. @throws PlatformError NOT_FOUND */
export async function publicKeysOf(
  tx: Transaction,
  actor: Actor,
  ids: readonly Id<'SshKeyPair'>[],
  permission: Permission,
): Promise<string[]> {
  const lines: string[] = [];
  for (const id of new Set(ids)) {
    const { publicKey } = await getGuarded(tx, actor, 'SshKeyPair', id, permission);
    lines.push(publicKey);
  }
  return lines;
}
