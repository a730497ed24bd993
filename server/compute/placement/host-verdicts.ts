import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { orderOf, ownMachines } from './candidates.ts';
import { candidateHosts, conditionsOf, factsFor, type Question, type Reason } from './conditions.ts';
import { zoneHosts } from './verdict.ts';
import { poolPlace, ruleFor } from './rules.ts';

/** A pool that a host reaches and that is in use. */
export interface ReachedPool {
  id: Id<'StoragePool'>;
  name: string;
  tags: string[];
  totalBytes: bigint;
  allocatedBytes: bigint;
  usedBytes: bigint;
  /** How many times its size it may be promised. */
  overprovisioning: number;
  /** Percent of used space above which it gets no new disk. */
  closedAbove: number;
}

/** What reasons against a host are told with. */
export interface HostFactsForVerdict
  extends
    Pick<Row<'Host'>, 'linkState' | 'adminState' | 'hypervisor' | 'tags'>,
    Pick<Row<'HostCapacity'>, 'cpuMhzTotal' | 'cpuMhzReserved' | 'memoryBytesTotal' | 'memoryBytesReserved'> {
  hostId: Id<'Host'>;
  hostName: string;
  clusterName: string;
  podName: string;
  clusterCpuPercent: number;
  clusterMemoryPercent: number;
  /** Percent above which the cluster gets no new machine. */
  clusterCpuLimit: number;
  clusterMemoryLimit: number;
  pools: ReachedPool[];
}

/** Whether one host takes a machine, and why not. */
export interface HostVerdict {
  facts: HostFactsForVerdict;
  reasons: Reason[];
}

type VerdictRow = Omit<HostFactsForVerdict, 'pools'> & { pools: PoolText[] } & Record<Reason, boolean>;
type PoolText = Omit<ReachedPool, 'totalBytes' | 'allocatedBytes' | 'usedBytes'> & {
  totalBytes: string;
  allocatedBytes: string;
  usedBytes: string;
};

/** Verdicts on the hosts of the zone in the order of their ids, from after one of them on. */
export async function readVerdicts(
  db: Database | Transaction,
  question: Question,
  page: { size: number; after: string | null },
): Promise<HostVerdict[]> {
  const conditions = conditionsOf(question);
  const names = Object.keys(conditions) as Reason[];
  const { rules } = question;
  const place = { id: sql`h."clusterId"`, zoneId: sql`h."zoneId"` };
  const { rows } = await sql<VerdictRow>`
    with candidate as materialized (
      select "hostId" from "HostCapacity"
      where "zoneId" = ${question.demand.zoneId} and "hostId" > ${page.after ?? ''} order by "hostId" limit ${page.size}
    ) ${factsFor(question)}
    select h."id" as "hostId", h."name" as "hostName", h."linkState", h."adminState", h."hypervisor", h."tags",
      c."cpuMhzTotal", c."cpuMhzReserved", c."memoryBytesTotal", c."memoryBytesReserved",
      cl."name" as "clusterName", pod."name" as "podName", load.*,
      ${ruleFor(rules, 'clusterCpuThreshold', place)} as "clusterCpuLimit",
      ${ruleFor(rules, 'clusterMemoryThreshold', place)} as "clusterMemoryLimit",
      coalesce((
        select json_agg(json_build_object('id', p."id", 'name', p."name", 'tags', p."tags",
          'totalBytes', pc."totalBytes"::text, 'allocatedBytes', pc."allocatedBytes"::text, 'usedBytes', pc."usedBytes"::text,
          'overprovisioning', coalesce(p."overprovisioning", ${ruleFor(rules, 'storageOverprovisioning', poolPlace)}),
          'closedAbove', ${ruleFor(rules, 'storageThreshold', poolPlace)}) order by p."id")
        from "StoragePoolHost" r join "StoragePool" p on p."id" = r."poolId" and p."state" = 'UP'
        join "StoragePoolCapacity" pc on pc."poolId" = p."id" where r."hostId" = h."id"), '[]') as "pools",
      ${sql.join(names.map((name) => sql`not (${conditions[name]}) as ${sql.ref(name)}`))}
    from ${candidateHosts} join "Pod" pod on pod."id" = h."podId"
    cross join lateral (
      select (100.0 * sum(o."cpuMhzReserved") / greatest(sum(o."cpuMhzTotal"), 1))::float8 as "clusterCpuPercent",
        (100.0 * sum(o."memoryBytesReserved") / greatest(sum(o."memoryBytesTotal"), 1))::float8 as "clusterMemoryPercent"
      from "HostCapacity" o where o."clusterId" = h."clusterId") as load
    order by h."id"`.execute(db);
  return rows.map(({ pools, ...row }) => ({
    facts: {
      ...row,
      pools: pools.map((pool) => ({
        ...pool,
        totalBytes: BigInt(pool.totalBytes),
        allocatedBytes: BigInt(pool.allocatedBytes),
        usedBytes: BigInt(pool.usedBytes),
      })),
    },
    reasons: names.filter((name) => row[name]),
  }));
}

/** The host that would be chosen now; nothing is reserved. */
export async function findBestHost(
  db: Database | Transaction,
  question: Question,
): Promise<Id<'Host'> | null> {
  const { rows } = await sql<{ id: Id<'Host'> }>`
    with ${ownMachines(question)} ${zoneHosts(question)}
    select h."id" from ${candidateHosts} where ${sql.join(Object.values(conditionsOf(question)), sql` and `)}
    order by ${orderOf(question)} limit 1`.execute(db);
  return rows[0]?.id ?? null;
}
