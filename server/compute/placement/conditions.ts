import { sql, type RawBuilder } from 'kysely';
import type { Affinity } from './affinity.ts';
import { newDiskBytes, requiredTags, type Demand } from './demand.ts';
import { poolPlace, ruleFor, type PlacementRules } from './rules.ts';

/** All that decides about hosts. */
export interface Question {
  demand: Demand;
  affinity: Affinity;
  rules: PlacementRules;
}

type Condition = RawBuilder<boolean>;

/** Domains above an owner, its own, and the account itself: what is reserved for one of them is open to it. */
export const ownerKeys = ({ accountId }: Demand) => sql<string[]>`(
  select array_append(d."lineage", a."id") from "Account" a join "Domain" d on d."id" = a."domainId" where a."id" = ${accountId})::text[]`;

/** Whether a host, `c`, has room for a machine. */
export const hasRoom = ({ cpuMhz, memoryBytes }: Demand) => sql<boolean>`(
  c."cpuMhzReserved" + ${cpuMhz} <= c."cpuMhzTotal" and c."memoryBytesReserved" + ${memoryBytes} <= c."memoryBytesTotal")`;

/** Sets of tags that new disks ask for, each once. */
export function storageTagSets({ newDisks }: Demand): string[][] {
  const sets = new Map(newDisks.map(({ storageTags }) => [[...storageTags].sort().join(), [...storageTags]]));
  return [...sets.values()];
}

/** Whether a pool, `p` with the capacity `pc`, has room for new disks. */
export const poolHasRoom = (demand: Pick<Demand, 'newDisks'>, rules: PlacementRules) => sql<boolean>`(
  pc."allocatedBytes" + ${newDiskBytes(demand)} <= pc."totalBytes" * coalesce(p."overprovisioning", ${ruleFor(rules, 'storageOverprovisioning', poolPlace)})
  and pc."usedBytes" * 100 <= pc."totalBytes" * ${ruleFor(rules, 'storageThreshold', poolPlace)})`;

const always = sql<boolean>`true`;
const allOf = (conditions: readonly Condition[]) =>
  conditions.length === 0 ? always : sql<boolean>`(${sql.join(conditions, sql` and `)})`;

/** Whether a host, `h`, reaches a pool that takes disks with such tags. */
const reaches = (tags: readonly string[], and = sql``) =>
  sql<boolean>`h."id" in (select "hostId" from reach where "tags" @> ${tags}::text[] ${and})`;

/**
 * Conditions on a host `h`, its capacity `c` and its cluster `cl`, by what is told when one does not hold. A host takes
 * a machine when all of them do.
 */
export function conditionsOf({ demand, affinity, rules }: Question) {
  const { poolIds, networkId, podId, clusterId, targetHostId, excludedHostIds = [] } = demand;
  const {
    sameHypervisorAs = null,
    needsLiveMigration = false,
    needsOpenZone = false,
    needsUefi = false,
  } = demand;
  const { together, apart } = affinity;
  const isNew = clusterId === undefined;
  const tags = requiredTags(demand, rules);
  const tagSets = storageTagSets(demand);
  return {
    hostNotUp: sql<boolean>`h."linkState" = 'UP'`,
    hostNotEnabled: sql<boolean>`h."adminState" = 'ENABLED'`,
    clusterNotEnabled: sql<boolean>`cl."allocationState" = 'ENABLED'`,
    zoneNotEnabled: needsOpenZone
      ? sql<boolean>`(select z."allocationState" = 'ENABLED' from "Zone" z where z."id" = ${demand.zoneId})`
      : always,
    otherHost: targetHostId == null ? always : sql<boolean>`h."id" = ${targetHostId}`,
    excludedHost:
      excludedHostIds.length === 0 ? always : sql<boolean>`h."id" <> all(${excludedHostIds}::text[])`,
    otherCluster: isNew ? always : sql<boolean>`h."clusterId" = ${clusterId}`,
    otherPod: podId === null ? always : sql<boolean>`h."podId" = ${podId}`,
    otherHypervisor:
      sameHypervisorAs === null
        ? always
        : sql<boolean>`h."hypervisor" = coalesce((select l."hypervisor" from "Host" l where l."id" = ${sameHypervisorAs}), h."hypervisor")`,
    noLiveMigration: needsLiveMigration
      ? sql<boolean>`coalesce((h."facts" -> 'capabilities' ->> 'liveMigration')::boolean, false)`
      : always,
    noUefi: needsUefi
      ? sql<boolean>`coalesce((h."facts" -> 'capabilities' ->> 'uefi')::boolean, false)`
      : always,
    reservedForOthers: sql<boolean>`c."dedicatedTo" <@ ${ownerKeys(demand)}`,
    tagsMissing: tags.length === 0 ? always : sql<boolean>`h."tags" @> ${tags}::text[]`,
    apartFromGroup: together === null ? always : sql<boolean>`h."id" = all(${together}::text[])`,
    togetherWithGroup: apart.length === 0 ? always : sql<boolean>`h."id" <> all(${apart}::text[])`,
    storageNotReached:
      poolIds.length === 0
        ? always
        : sql<boolean>`not exists (
            select 1 from unnest(${poolIds}::text[]) as needed("poolId") where not exists (
              select 1 from "StoragePoolHost" r where r."hostId" = h."id" and r."poolId" = needed."poolId"))`,
    storageTagsMissing: allOf(tagSets.map((tags) => reaches(tags))),
    // Where there is no such pool at all, space is not what is missing.
    tooLittleStorage: allOf(
      tagSets.map((tags) => sql<boolean>`(${reaches(tags, sql`and "hasRoom"`)} or not ${reaches(tags)})`),
    ),
    noFreeAddress:
      networkId === null
        ? always
        : sql<boolean>`exists (
            select 1 from "GuestIpRange" g cross join lateral (
              select 1 from "GuestIpAddress" a where a."rangeId" = g."id" and a."nicId" is null limit 1) as free
            where g."networkId" = ${networkId} and g."podId" = h."podId")`,
    tooLittleCpu: sql<boolean>`c."cpuMhzReserved" + ${demand.cpuMhz} <= c."cpuMhzTotal"`,
    tooLittleMemory: sql<boolean>`c."memoryBytesReserved" + ${demand.memoryBytes} <= c."memoryBytesTotal"`,
    clusterCpuThreshold: isNew
      ? sql<boolean>`h."clusterId" not in (select "clusterId" from busy where "isCpu")`
      : always,
    clusterMemoryThreshold: isNew
      ? sql<boolean>`h."clusterId" not in (select "clusterId" from busy where "isMemory")`
      : always,
  };
}

/** Why a host does not take a machine. */
export type Reason = keyof ReturnType<typeof conditionsOf>;

/**
 * What the conditions look into, of hosts in `candidate`: `busy`, clusters that are above a threshold, and `reach`,
 * pools for new disks that hosts reach.
 */
export function factsFor({ demand, rules }: Question): RawBuilder<unknown> {
  const place = { id: sql`o."clusterId"`, zoneId: sql`min(o."zoneId")` };
  const busy = sql`
    busy as materialized (
      select "clusterId", "isCpu", "isMemory" from (
        select o."clusterId",
          sum(o."cpuMhzReserved") * 100 > sum(o."cpuMhzTotal") * ${ruleFor(rules, 'clusterCpuThreshold', place)} as "isCpu",
          sum(o."memoryBytesReserved") * 100 > sum(o."memoryBytesTotal") * ${ruleFor(rules, 'clusterMemoryThreshold', place)} as "isMemory"
        from "HostCapacity" o
        where o."clusterId" in (select c."clusterId" from candidate join "HostCapacity" c on c."hostId" = candidate."hostId")
        group by o."clusterId") as sums
      where "isCpu" or "isMemory")`;
  const reach = sql`
    reach as materialized (
      select r."hostId", p."tags", ${poolHasRoom(demand, rules)} as "hasRoom"
      from candidate join "StoragePoolHost" r on r."hostId" = candidate."hostId"
      join "StoragePool" p on p."id" = r."poolId" and p."state" = 'UP'
      join "StoragePoolCapacity" pc on pc."poolId" = p."id")`;
  const parts = [
    ...(demand.clusterId === undefined ? [busy] : []),
    ...(demand.newDisks.length > 0 ? [reach] : []),
  ];
  return parts.length === 0 ? sql`` : sql`, ${sql.join(parts)}`;
}

/** Hosts `h` in `candidate`, with their capacity `c` and their cluster `cl`. */
export const candidateHosts = sql`
  candidate join "HostCapacity" c on c."hostId" = candidate."hostId"
  join "Host" h on h."id" = c."hostId" join "Cluster" cl on cl."id" = h."clusterId"`;
