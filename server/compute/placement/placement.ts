import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { PlatformError } from '../../platform/errors.ts';

/** What a machine needs of a host. */
export interface Demand {
  zoneId: Id<'Zone'>;
  cpuMhz: number;
  memoryBytes: bigint;
  /** Pools on which its disks lie already; the host must reach all of them. */
  poolIds: readonly Id<'StoragePool'>[];
  /** Space for a disk that is still to be made, on any pool that the host reaches; 0 for none. */
  newDiskBytes: bigint;
  /** Network in which it still needs an address; `null` when it has one. */
  networkId: Id<'GuestNetwork'> | null;
  /** Pod that its address is of, and so its host; `null` for any. */
  podId: Id<'Pod'> | null;
  /** Asked first. */
  preferredHostId: Id<'Host'> | null;
}

/** Limits beyond which nothing is promised. */
export interface PlacementLimits {
  /** How many times its size a pool may be promised. */
  storageOverprovisioning: number;
  /** Percent of used space above which a pool gets no new disk. */
  storageThreshold: number;
}

export interface Placement {
  hostId: Id<'Host'>;
  hostName: string;
  podId: Id<'Pod'>;
  agentId: Id<'Agent'>;
  /** Pool for the new disk; `null` when none was asked for. */
  poolId: Id<'StoragePool'> | null;
  poolPath: string | null;
}

/** Conditions by name: a host takes a machine when all of them hold. The names are what people are told. */
function conditionsOf(demand: Demand, limits: PlacementLimits) {
  const { newDiskBytes, poolIds, networkId } = demand;
  const { storageOverprovisioning, storageThreshold } = limits;
  return {
    hostNotUp: sql<boolean>`h."linkState" = 'UP'`,
    hostNotEnabled: sql<boolean>`h."adminState" = 'ENABLED' and cl."allocationState" = 'ENABLED'`,
    tooLittleCpu: sql<boolean>`c."cpuMhzReserved" + ${demand.cpuMhz} <= c."cpuMhzTotal"`,
    tooLittleMemory: sql<boolean>`c."memoryBytesReserved" + ${demand.memoryBytes} <= c."memoryBytesTotal"`,
    storageNotReached: sql<boolean>`not exists (
      select 1 from unnest(${poolIds}::text[]) as needed("poolId") where not exists (
        select 1 from "StoragePoolHost" r where r."hostId" = h."id" and r."poolId" = needed."poolId"))`,
    otherPod: demand.podId === null ? sql<boolean>`true` : sql<boolean>`h."podId" = ${demand.podId}`,
    tooLittleStorage:
      newDiskBytes === 0n
        ? sql<boolean>`true`
        : sql<boolean>`exists (
            select 1 from "StoragePoolHost" r
            join "StoragePool" p on p."id" = r."poolId" and p."state" = 'UP'
            join "StoragePoolCapacity" pc on pc."poolId" = p."id"
            where r."hostId" = h."id" and pc."allocatedBytes" + ${newDiskBytes} <= pc."totalBytes" * ${storageOverprovisioning}
              and pc."usedBytes" * 100 <= pc."totalBytes" * ${storageThreshold})`,
    noFreeAddress:
      networkId === null
        ? sql<boolean>`true`
        : sql<boolean>`exists (
            select 1 from "GuestIpRange" g join "GuestIpAddress" a on a."rangeId" = g."id" and a."nicId" is null
            where g."networkId" = ${networkId} and g."podId" = h."podId")`,
  };
}

const hostsOf = (zoneId: Id<'Zone'>) => sql`
  "Host" h join "HostCapacity" c on c."hostId" = h."id" join "Cluster" cl on cl."id" = h."clusterId"
  where h."zoneId" = ${zoneId}`;

/**
 * Chooses a host and reserves what a machine needs of it, in one statement that cannot promise anything twice. Of
 * hosts that fit, the one that promised the least of its memory comes first.
 * @throws PlatformError INSUFFICIENT_CAPACITY with the number of hosts that each reason ruled out
 */
export async function reserveHost(
  tx: Transaction,
  demand: Demand,
  limits: PlacementLimits,
): Promise<Placement> {
  // First past the hosts that others are taking at this moment; if none is left, waiting for those.
  const placed =
    (await tryReserve(tx, demand, limits, 'skip locked')) ?? (await tryReserve(tx, demand, limits, ''));
  if (placed === undefined) throw await refusal(tx, demand, limits);
  if (demand.newDiskBytes === 0n) return { ...placed, poolId: null, poolPath: null };
  const pool = await reservePool(tx, placed.hostId, demand.newDiskBytes, limits);
  if (pool === undefined) throw await refusal(tx, demand, limits);
  return { ...placed, ...pool };
}

async function tryReserve(
  tx: Transaction,
  demand: Demand,
  limits: PlacementLimits,
  locking: 'skip locked' | '',
): Promise<Omit<Placement, 'poolId' | 'poolPath'> | undefined> {
  const conditions = Object.values(conditionsOf(demand, limits));
  // A host that was waited for may be full by then: others may fit all the same.
  for (let tries = 0; tries < 20; tries++) {
    const { rows } = await sql<Omit<Placement, 'poolId' | 'poolPath'>>`
      with chosen as (
        select h."id", h."name", h."podId", h."agentId" from ${hostsOf(demand.zoneId)} and ${sql.join(conditions, sql` and `)}
        order by (h."id" is not distinct from ${demand.preferredHostId}) desc,
          c."memoryBytesReserved"::float8 / greatest(c."memoryBytesTotal", 1), h."id"
        limit 1 for update of c ${sql.raw(locking)}
      )
      update "HostCapacity" c set
        "cpuMhzReserved" = c."cpuMhzReserved" + ${demand.cpuMhz},
        "memoryBytesReserved" = c."memoryBytesReserved" + ${demand.memoryBytes}
      from chosen where c."hostId" = chosen."id"
        and c."cpuMhzReserved" + ${demand.cpuMhz} <= c."cpuMhzTotal"
        and c."memoryBytesReserved" + ${demand.memoryBytes} <= c."memoryBytesTotal"
      returning chosen."id" as "hostId", chosen."name" as "hostName", chosen."podId", chosen."agentId"`.execute(
      tx,
    );
    if (rows[0] !== undefined || locking === 'skip locked') return rows[0];
    const verdict = await explain(tx, demand, limits);
    if (verdict.fitting === 0) return undefined;
  }
  return undefined;
}

/** Promises space for a disk on the pool, of those that a host reaches, that promised the least of its size. */
async function reservePool(
  tx: Transaction,
  hostId: Id<'Host'>,
  bytes: bigint,
  limits: PlacementLimits,
): Promise<{ poolId: Id<'StoragePool'>; poolPath: string } | undefined> {
  const { storageOverprovisioning, storageThreshold } = limits;
  const { rows } = await sql<{ poolId: Id<'StoragePool'>; poolPath: string }>`
    with chosen as (
      select p."id", p."path" from "StoragePoolHost" r
      join "StoragePool" p on p."id" = r."poolId" and p."state" = 'UP'
      join "StoragePoolCapacity" pc on pc."poolId" = p."id"
      where r."hostId" = ${hostId} and pc."allocatedBytes" + ${bytes} <= pc."totalBytes" * ${storageOverprovisioning}
        and pc."usedBytes" * 100 <= pc."totalBytes" * ${storageThreshold}
      order by pc."allocatedBytes"::float8 / greatest(pc."totalBytes", 1), p."id" limit 1 for update of pc
    )
    update "StoragePoolCapacity" pc set "allocatedBytes" = pc."allocatedBytes" + ${bytes}
    from chosen where pc."poolId" = chosen."id" and pc."allocatedBytes" + ${bytes} <= pc."totalBytes" * ${storageOverprovisioning}
    returning chosen."id" as "poolId", chosen."path" as "poolPath"`.execute(tx);
  return rows[0];
}

/** How many hosts of the zone fit, and how many each reason rules out; a host may have several. */
export interface Verdict {
  hosts: number;
  fitting: number;
  ruledOut: Record<string, number>;
}

/** Counts what stands in the way of a machine. */
export async function explain(tx: Transaction, demand: Demand, limits: PlacementLimits): Promise<Verdict> {
  const conditions = conditionsOf(demand, limits);
  const counts = Object.entries(conditions).map(
    ([name, condition]) => sql`count(*) filter (where not (${condition}))::int as ${sql.ref(name)}`,
  );
  const { rows } = await sql<{ hosts: number; fitting: number } & Record<string, number>>`
    select count(*)::int as hosts, count(*) filter (where ${sql.join(Object.values(conditions), sql` and `)})::int as fitting,
      ${sql.join(counts)} from ${hostsOf(demand.zoneId)}`.execute(tx);
  const { hosts = 0, fitting = 0, ...ruledOut } = rows[0] ?? {};
  return {
    hosts,
    fitting,
    ruledOut: Object.fromEntries(Object.entries(ruledOut).filter(([, count]) => count > 0)),
  };
}

async function refusal(tx: Transaction, demand: Demand, limits: PlacementLimits): Promise<PlatformError> {
  const { hosts, ruledOut } = await explain(tx, demand, limits);
  return new PlatformError(
    'INSUFFICIENT_CAPACITY',
    `none of the ${hosts} hosts of the zone can take this machine now`,
    {
      details: { hosts, ruledOut },
      remedy:
        'choose a smaller offering, free something, or ask the operator for more hosts, storage or addresses',
    },
  );
}

/** Gives back what {@link reserveHost} took of a host. */
export async function releaseHost(
  tx: Transaction,
  hostId: Id<'Host'>,
  reserved: { cpuMhz: number; memoryBytes: bigint },
): Promise<void> {
  await tx
    .updateTable('HostCapacity')
    .set((row) => ({
      cpuMhzReserved: row('cpuMhzReserved', '-', reserved.cpuMhz),
      memoryBytesReserved: row('memoryBytesReserved', '-', reserved.memoryBytes),
    }))
    .where('hostId', '=', hostId)
    .execute();
}

/** Takes from a host what a machine needs that runs there already, whether the host has it or not. */
export async function takeFromHost(
  tx: Transaction,
  hostId: Id<'Host'>,
  needed: { cpuMhz: number; memoryBytes: bigint },
): Promise<void> {
  await releaseHost(tx, hostId, { cpuMhz: -needed.cpuMhz, memoryBytes: -needed.memoryBytes });
}

/** Gives back the space that was promised for a disk. */
export async function releasePool(tx: Transaction, poolId: Id<'StoragePool'>, bytes: bigint): Promise<void> {
  await tx
    .updateTable('StoragePoolCapacity')
    .set((row) => ({ allocatedBytes: row('allocatedBytes', '-', bytes) }))
    .where('poolId', '=', poolId)
    .execute();
}
