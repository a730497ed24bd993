import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { poolHasRoom, type Question } from './conditions.ts';
import { newDiskBytes, type Demand } from './demand.ts';
import type { PlacementRules } from './rules.ts';

export interface ReservedPool {
  poolId: Id<'StoragePool'>;
  /** Its directory on the hosts. */
  path: string;
}

/**
 * Promises space for each new disk on the pool, of those that a host reaches, that promised the least of its size.
 * @returns `undefined` when others have taken the space by now; then nothing is promised
 */
export async function reservePools(
  tx: Transaction,
  hostId: Id<'Host'>,
  { demand, rules }: Question,
): Promise<ReservedPool[] | undefined> {
  const reserved: (ReservedPool & { sizeBytes: bigint })[] = [];
  let { newDisks } = demand;
  while (newDisks[0] !== undefined) {
    const [disk] = newDisks;
    // A pool must have room for all that are still to come: then it is no matter which of them takes which.
    const hasRoom = poolHasRoom({ ...demand, newDisks }, rules);
    const { rows } = await sql<ReservedPool>`
      with chosen as (
        select p."id", p."path" from "StoragePoolHost" r
        join "StoragePool" p on p."id" = r."poolId" and p."state" = 'UP' and p."tags" @> ${disk.storageTags}::text[]
        join "StoragePoolCapacity" pc on pc."poolId" = p."id"
        where r."hostId" = ${hostId} and ${hasRoom}
        order by pc."allocatedBytes"::float8 / greatest(pc."totalBytes", 1), p."id" limit 1 for no key update of pc
      )
      update "StoragePoolCapacity" pc set "allocatedBytes" = pc."allocatedBytes" + ${disk.sizeBytes}
      from chosen join "StoragePool" p on p."id" = chosen."id" where pc."poolId" = chosen."id" and ${hasRoom}
      returning chosen."id" as "poolId", chosen."path"`.execute(tx);
    const [pool] = rows;
    if (pool === undefined) {
      for (const { poolId, sizeBytes } of reserved) await releasePool(tx, poolId, sizeBytes);
      return undefined;
    }
    reserved.push({ ...pool, sizeBytes: disk.sizeBytes });
    newDisks = newDisks.slice(1);
  }
  return reserved.map(({ poolId, path }) => ({ poolId, path }));
}

/** Others took the space of a pool that was only chosen. */
export class SpaceTaken extends Error {
  override name = 'SpaceTaken';
}

/**
 * Like {@link reservePools}, but nothing is promised yet, and no pool is held: many at once do not wait for each other
 * until {@link takePools}.
 */
export async function choosePools(
  tx: Transaction,
  hostId: Id<'Host'>,
  { demand, rules }: Question,
): Promise<ReservedPool[] | undefined> {
  const chosen: ReservedPool[] = [];
  for (const { storageTags } of demand.newDisks) {
    const { rows } = await sql<ReservedPool>`
      select p."id" as "poolId", p."path" from "StoragePoolHost" r
      join "StoragePool" p on p."id" = r."poolId" and p."state" = 'UP' and p."tags" @> ${storageTags}::text[]
      join "StoragePoolCapacity" pc on pc."poolId" = p."id"
      where r."hostId" = ${hostId} and ${poolHasRoom(demand, rules)}
      order by pc."allocatedBytes"::float8 / greatest(pc."totalBytes", 1), p."id" limit 1`.execute(tx);
    if (rows[0] === undefined) return undefined;
    chosen.push(rows[0]);
  }
  return chosen;
}

/**
 * Promises the space of pools that were chosen: to be called last in a transaction, since all machines of a zone may
 * want the same pool.
 * @throws SpaceTaken
 */
export async function takePools(
  tx: Transaction,
  pools: readonly ReservedPool[],
  demand: Pick<Demand, 'newDisks'>,
  rules: PlacementRules,
): Promise<void> {
  const wanted = Map.groupBy(demand.newDisks, (_disk, index) => pools[index]?.poolId);
  const inOrder = [...wanted].sort(([one = ''], [other = '']) => (one < other ? -1 : 1));
  for (const [poolId, newDisks] of inOrder) {
    const { rows } = await sql`
      update "StoragePoolCapacity" pc set "allocatedBytes" = pc."allocatedBytes" + ${newDiskBytes({ newDisks })}
      from "StoragePool" p where p."id" = pc."poolId" and pc."poolId" = ${poolId} and p."state" = 'UP'
        and ${poolHasRoom({ newDisks }, rules)}
      returning pc."poolId"`.execute(tx);
    if (rows.length === 0) throw new SpaceTaken();
  }
}

/** Takes from a pool what a disk needs that lies there already, whether the pool has it or not. */
export async function takeFromPool(tx: Transaction, poolId: Id<'StoragePool'>, bytes: bigint): Promise<void> {
  await releasePool(tx, poolId, -bytes);
}

/** Gives back the space that was promised for a disk. */
export async function releasePool(tx: Transaction, poolId: Id<'StoragePool'>, bytes: bigint): Promise<void> {
  await tx
    .updateTable('StoragePoolCapacity')
    .set((row) => ({ allocatedBytes: row('allocatedBytes', '-', bytes) }))
    .where('poolId', '=', poolId)
    .execute();
}
