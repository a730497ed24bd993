import type { Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { getGuarded } from '../../identity/access/guarded-loader.ts';
import { assertUsableImage } from '../../identity/access/owner.ts';
import type { Permission } from '../../identity/access/permissions.ts';
import type { Actor } from '../../platform/actor.ts';
import type { MachineRow } from './store.ts';

/**
 * An image that an actor sees and a machine's owner may use.
 * @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED
 */
export async function usableImage(
  tx: Transaction,
  actor: Actor,
  { accountId }: MachineRow,
  image: { id: Id<'Template'> | Id<'Iso'>; path: string },
  permission: Permission,
): Promise<Row<'Image'>> {
  const found = await getGuarded(tx, actor, 'Image', image.id, permission);
  const { name } = await tx
    .selectFrom('Account')
    .select('name')
    .where('id', '=', accountId)
    .executeTakeFirstOrThrow();
  await assertUsableImage(tx, { accountId, name }, found, image.path);
  return found;
}
