import type { Database, Transaction } from '@nephos/model/database.ts';
import { sql, type RawBuilder } from 'kysely';
import { nearestValue } from '../../platform/settings/nearest-value.ts';
import type { Settings } from '../../platform/settings/settings.ts';

/** Where figures are added up; the whole cloud has no level. */
export type CapacityLevel = 'Zone' | 'Pod' | 'Cluster' | 'Host';

/** What there is somewhere, what may be promised of it, and what is. */
export interface CapacityRow {
  /** `null`: the whole cloud. */
  id: string | null;
  name: string | null;
  hosts: number;
  openHosts: number;
  machines: number;
  cpuMhzPhysical: bigint;
  cpuMhzTotal: bigint;
  cpuMhzReserved: bigint;
  memoryBytesPhysical: bigint;
  memoryBytesTotal: bigint;
  memoryBytesReserved: bigint;
  storageBytesPhysical: bigint;
  storageBytesTotal: bigint;
  storageBytesReserved: bigint;
  storageBytesUsed: bigint;
  /** `null` below zones, which share it. */
  secondaryBytesTotal: bigint | null;
  secondaryBytesUsed: bigint | null;
  /** `null` below pods, which share them. */
  addressesTotal: number | null;
  addressesTaken: number | null;
}

/** Columns that name a level: of hosts, of pools, and of pods, which address ranges are for. */
const columns = {
  Zone: { host: 'zoneId', pool: 'zoneId', pod: 'zoneId' },
  Pod: { host: 'podId', pool: 'podId', pod: 'id' },
  Cluster: { host: 'clusterId', pool: 'clusterId', pod: null },
  Host: { host: 'id', pool: 'hostId', pod: null },
} as const satisfies Record<CapacityLevel, { host: string; pool: string; pod: string | null }>;

interface Asked {
  /** Level of each row; `null`: one row for the whole cloud. */
  level: CapacityLevel | null;
  /** Only what is within this. */
  within: { level: CapacityLevel; id: string } | null;
  /** How many times its size a pool may be promised, where nothing else is said of it: of the pool `p`. */
  storageOverprovisioning: RawBuilder<number>;
  most: number;
}

/** How many times its size the pool `p` of a statement may be promised, where nothing else is said of it. */
export function overprovisioningOfPool(settings: Settings): RawBuilder<number> {
  const key = 'storage.overprovisioning.factor';
  return nearestValue(settings.get(key), settings.ownValues(key), [sql`p."id"`, sql`p."zoneId"`]);
}

/** Figures for each thing of a level, the fullest first, in one statement. */
export async function readCapacities(db: Database | Transaction, asked: Asked): Promise<CapacityRow[]> {
  const { level, within, storageOverprovisioning, most } = asked;
  const keyOf = (table: string, of: 'host' | 'pool' | 'pod') => {
    const column = level === null ? null : columns[level][of];
    return column === null ? sql`''` : sql.ref(`${table}.${column}`);
  };
  const isWithin = (table: string, of: 'host' | 'pool' | 'pod'): RawBuilder<boolean> => {
    const column = within === null ? null : columns[within.level][of];
    return column === null ? sql`true` : sql`${sql.ref(`${table}.${column}`)} = ${within?.id}`;
  };
  const hasSecondary = level === null || level === 'Zone';
  const hasAddresses = hasSecondary || level === 'Pod';
  const things =
    level === null
      ? sql`(select '' as "id", null as "name") as t`
      : sql`(select "id", "name" from ${sql.table(level)} as each where ${isThing(level, within)}) as t`;
  const { rows } = await sql<CapacityRow>`
    with host as (
      select ${keyOf('h', 'host')} as "key", count(*) as "hosts", count(*) filter (where c."isOpen") as "openHosts",
        sum(h."cpuCores"::bigint * h."cpuMhz") as "cpuMhzPhysical", sum(c."cpuMhzTotal") as "cpuMhzTotal",
        sum(c."cpuMhzReserved") as "cpuMhzReserved", sum(h."memoryBytes") as "memoryBytesPhysical",
        sum(c."memoryBytesTotal") as "memoryBytesTotal", sum(c."memoryBytesReserved") as "memoryBytesReserved"
      from "Host" h join "HostCapacity" c on c."hostId" = h."id" where ${isWithin('h', 'host')} group by 1
    ), machine as (
      select ${keyOf('h', 'host')} as "key", count(*) as "machines"
      from "VirtualMachine" m join "Host" h on h."id" = m."hostId" where ${isWithin('h', 'host')} group by 1
    ), pool as (
      select ${keyOf('p', 'pool')} as "key", sum(c."totalBytes") as "storageBytesPhysical",
        sum(floor(c."totalBytes" * coalesce(p."overprovisioning", ${storageOverprovisioning}::float8))) as "storageBytesTotal",
        sum(c."allocatedBytes") as "storageBytesReserved", sum(c."usedBytes") as "storageBytesUsed"
      from "StoragePool" p join "StoragePoolCapacity" c on c."poolId" = p."id" where ${isWithin('p', 'pool')} group by 1
    ), secondary as (
      select ${level === null ? sql`''` : sql`s."zoneId"`} as "key", sum(s."totalBytes") as "secondaryBytesTotal",
        sum(s."usedBytes") as "secondaryBytesUsed"
      from "ImageStore" s where ${sql.lit(hasSecondary)} and ${within?.level === 'Zone' ? sql`s."zoneId" = ${within.id}` : sql`true`}
      group by 1
    ), address as (
      select ${keyOf('pod', 'pod')} as "key", sum(r."endIp" - r."startIp" + 1) as "addressesTotal",
        sum((select count(*) from "GuestIpAddress" a where a."rangeId" = r."id" and a."nicId" is not null)) as "addressesTaken"
      from "GuestIpRange" r join "Pod" pod on pod."id" = r."podId"
      where ${sql.lit(hasAddresses)} and ${isWithin('pod', 'pod')} group by 1
    )
    select nullif(t."id", '') as "id", t."name", ${whole('host', 'hosts', 'int')}, ${whole('host', 'openHosts', 'int')},
      ${whole('machine', 'machines', 'int')},
      ${sql.join([
        ...['cpuMhzPhysical', 'cpuMhzTotal', 'cpuMhzReserved'].map((name) => whole('host', name, 'bigint')),
        ...['memoryBytesPhysical', 'memoryBytesTotal', 'memoryBytesReserved'].map((name) =>
          whole('host', name, 'bigint'),
        ),
        ...['storageBytesPhysical', 'storageBytesTotal', 'storageBytesReserved', 'storageBytesUsed'].map(
          (name) => whole('pool', name, 'bigint'),
        ),
        ...['secondaryBytesTotal', 'secondaryBytesUsed'].map((name) =>
          hasSecondary ? whole('secondary', name, 'bigint') : nothing(name),
        ),
        ...['addressesTotal', 'addressesTaken'].map((name) =>
          hasAddresses ? whole('address', name, 'int') : nothing(name),
        ),
      ])}
    from ${things}
    left join host on host."key" = t."id" left join machine on machine."key" = t."id"
    left join pool on pool."key" = t."id" left join secondary on secondary."key" = t."id"
    left join address on address."key" = t."id"
    order by coalesce(greatest(host."cpuMhzReserved"::float8 / greatest(host."cpuMhzTotal", 1),
      host."memoryBytesReserved"::float8 / greatest(host."memoryBytesTotal", 1)), 0) desc, t."id"
    limit ${most}`.execute(db);
  return rows;
}

/** A sum as a whole number; nothing there is none. */
function whole(table: string, name: string, type: 'int' | 'bigint'): RawBuilder<unknown> {
  return sql`coalesce(${sql.ref(`${table}.${name}`)}, 0)::${sql.raw(type)} as ${sql.ref(name)}`;
}

function nothing(name: string): RawBuilder<unknown> {
  return sql`null as ${sql.ref(name)}`;
}

/** Things of a level within another, or the one thing itself. */
function isThing(level: CapacityLevel, within: Asked['within']): RawBuilder<boolean> {
  if (within === null) return sql`true`;
  const column = within.level === level ? 'id' : columns[within.level].host;
  return sql`${sql.ref(`each.${column}`)} = ${within.id}`;
}
