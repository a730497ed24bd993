import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';

/** An address that was taken, and what is known of its range. */
export interface TakenAddress {
  address: string;
  cidr: string;
  gateway: string;
}

/**
 * Takes the longest unused address of a network's ranges in a pod. Whoever else is taking one is not waited for: each
 * takes another. @returns `undefined` when all are taken
 */
export async function takeAddress(
  tx: Transaction,
  place: { networkId: Id<'GuestNetwork'>; podId: Id<'Pod'>; nicId: Id<'Nic'> },
): Promise<TakenAddress | undefined> {
  const { rows } = await sql<TakenAddress>`
    update "GuestIpAddress" a set "nicId" = ${place.nicId}
    from (
      select f."rangeId", f."address", r."cidr", r."gateway" from "GuestIpRange" r
      cross join lateral (
        select "rangeId", "address" from "GuestIpAddress"
        where "rangeId" = r."id" and "nicId" is null
        order by "releasedAt", "address" limit 1 for update skip locked
      ) f
      where r."networkId" = ${place.networkId} and r."podId" = ${place.podId} limit 1
    ) free
    where a."rangeId" = free."rangeId" and a."address" = free."address"
    returning host(a."address") as "address", free."cidr", free."gateway"`.execute(tx);
  return rows[0];
}

/** Takes this address of a network's ranges in a pod. @returns whether it was free */
export async function takeThisAddress(
  tx: Transaction,
  place: { networkId: Id<'GuestNetwork'>; podId: Id<'Pod'>; nicId: Id<'Nic'>; address: string },
): Promise<boolean> {
  const { rows } = await sql`
    update "GuestIpAddress" a set "nicId" = ${place.nicId} from "GuestIpRange" r
    where a."rangeId" = r."id" and r."networkId" = ${place.networkId} and r."podId" = ${place.podId}
      and a."address" = ${place.address}::inet and a."nicId" is null
    returning a."rangeId"`.execute(tx);
  return rows.length > 0;
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
