import type { Database } from '@nephos/model/database.ts';
import { newId, parseId } from '@nephos/model/kernel/ids.ts';
import { insertGuestRange } from '@nephos/server/network/guest-network/store.ts';

/**
 * A second guest network in each pod of a zone, made once: the API makes none yet, a BASIC zone has one.
 * @returns its id
 */
export async function aSecondNetwork(db: Database, zone: string): Promise<string> {
  const zoneId = parseId('Zone', zone);
  const name = 'second';
  const known = await db
    .selectFrom('GuestNetwork')
    .select('id')
    .where('zoneId', '=', zoneId)
    .where('name', '=', name)
    .executeTakeFirst();
  if (known !== undefined) return known.id;
  return db.transaction().execute(async (tx) => {
    const { physicalNetworkId } = await tx
      .selectFrom('GuestNetwork')
      .select('physicalNetworkId')
      .where('zoneId', '=', zoneId)
      .executeTakeFirstOrThrow();
    const networkId = newId('GuestNetwork');
    await tx.insertInto('GuestNetwork').values({ id: networkId, zoneId, physicalNetworkId, name }).execute();
    const pods = await tx.selectFrom('Pod').select('id').where('zoneId', '=', zoneId).execute();
    for (const [index, { id: podId }] of pods.entries()) {
      const part = `10.66.${index}`;
      await insertGuestRange(
        tx,
        { networkId, podId },
        { cidr: `${part}.0/24`, gateway: `${part}.1`, startIp: `${part}.10`, endIp: `${part}.99` },
      );
    }
    return networkId;
  });
}
