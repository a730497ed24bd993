import type { Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { getGuarded } from '../../identity/access/guarded-loader.ts';
import type { Actor } from '../../platform/actor.ts';
import { invalid } from '../../platform/errors.ts';

/**
 * The host that an operator names for a machine.
 * @throws PlatformError NOT_FOUND, also for everybody else, FORBIDDEN, VALIDATION_FAILED for a host of another zone
 */
export async function targetHostOf(
  tx: Transaction,
  actor: Actor,
  hostId: Id<'Host'> | null | undefined,
  zone: Pick<Row<'Zone'>, 'id' | 'name'>,
): Promise<Id<'Host'> | null> {
  if (hostId == null) return null;
  const host = await getGuarded(tx, actor, 'Host', hostId, 'virtualMachine.placeOnHost');
  if (host.zoneId !== zone.id) throw invalid('input.hostId', hostId, `must be a host of zone ${zone.name}`);
  return host.id;
}
