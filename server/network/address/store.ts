import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';

/**
 * Takes the longest unused address of a network's ranges in a pod. Whoever else is taking one is not waited for: each
 * takes another. @returns `undefined` when all are taken
 */
export async function takeAddress(
  tx: Transaction,
  place: { networkId: Id<'GuestNetwork'>; podId: Id<'Pod'>; nicId: Id<'Nic'> },
): Promise<string | undefined> {
  const { rows } = await sql<{ address: string }>`
    update "GuestIpAddress" a set "nicId" = ${place.nicId}
    from (
      select f."rangeId", f."address" from "GuestIpRange" r
      cross join lateral (
        select "rangeId", "address" from "GuestIpAddress"
        where "rangeId" = r."id" and "nicId" is null
        order by "releasedAt", "address" limit 1 for update skip locked
      ) f
      where r."networkId" = ${place.networkId} and r."podId" = ${place.podId} limit 1
    ) free
    where a."rangeId" = free."rangeId" and a."address" = free."address"
    returning host(a."address") as address`.execute(tx);
  return rows[0]?.address;
}

/** Gives addresses back; one that was given back already is no matter. */
export async function releaseAddresses(
  tx: Transaction,
  nicIds: readonly Id<'Nic'>[],
  at: Date,
): Promise<void> {
  await sql`update "GuestIpAddress" set "nicId" = null, "releasedAt" = ${at} where "nicId" = any(${nicIds})`.execute(
    tx,
  );
}
