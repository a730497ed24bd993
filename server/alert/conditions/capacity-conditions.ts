import type { AlertKind } from '@nephos/model/generated/enums.ts';
import { sql } from 'kysely';
import { isAbove, severityAbove, type AlertCondition } from './condition.ts';

const percent = sql<number>`share."percent"`;
const targetId = sql`share."id"`;

/** A cluster, and a pool, with its zone. */
const cluster = [sql`cl."id"`, sql`cl."zoneId"`] as const;
const pool = [sql`p."id"`, sql`p."zoneId"`] as const;

const percentText = sql`floor(${percent})::bigint::text`;

/** Clusters that have promised much of what may be promised of their hosts. */
function clusterCondition(
  kind: AlertKind,
  column: 'cpuMhz' | 'memoryBytes',
  key: 'clusterCpu' | 'clusterMemory',
): AlertCondition {
  const reserved = sql.ref(`c.${column}Reserved`);
  const total = sql.ref(`c.${column}Total`);
  return {
    kind,
    targetKind: 'Cluster',
    query: ({ tellAbove, closedAbove }) => sql`
      select share."id", cl."name", cl."zoneId", false, ${severityAbove(percent, closedAbove[key](...cluster))},
        jsonb_build_object('percent', ${percentText}, 'closedAbove', ${closedAbove[key](...cluster)}::text)
      from (
        select c."clusterId" as "id", (100.0 * sum(${reserved}) / greatest(sum(${total}), 1))::float8 as "percent"
        from "HostCapacity" c group by c."clusterId"
      ) as share join "Cluster" cl on cl."id" = share."id"
      where ${isAbove({ percent, kind, targetId }, tellAbove[key](...cluster))}`,
  };
}

/** What is used up, or nearly. */
export const capacityConditions: readonly AlertCondition[] = [
  clusterCondition('CPU_PROMISED', 'cpuMhz', 'clusterCpu'),
  clusterCondition('MEMORY_PROMISED', 'memoryBytes', 'clusterMemory'),
  {
    kind: 'POOL_USED',
    targetKind: 'StoragePool',
    query: ({ tellAbove, closedAbove }) => sql`
      select share."id", p."name", p."zoneId", false, ${severityAbove(percent, closedAbove.poolUsed(...pool))},
        jsonb_build_object('percent', ${percentText}, 'closedAbove', ${closedAbove.poolUsed(...pool)}::text)
      from (
        select "poolId" as "id", 100 * "usedBytes"::float8 / greatest("totalBytes", 1) as "percent"
        from "StoragePoolCapacity"
      ) as share join "StoragePool" p on p."id" = share."id"
      where ${isAbove({ percent, kind: 'POOL_USED', targetId }, tellAbove.poolUsed(...pool))}`,
  },
  {
    kind: 'POOL_PROMISED',
    targetKind: 'StoragePool',
    query: ({ tellAbove, storageOverprovisioning }) => sql`
      select share."id", share."name", share."zoneId", false, 'WARNING', jsonb_build_object('percent', ${percentText})
      from (
        select p."id", p."name", p."zoneId", 100 * c."allocatedBytes"
          / greatest(c."totalBytes" * coalesce(p."overprovisioning", ${storageOverprovisioning(...pool)}::float8), 1) as "percent"
        from "StoragePoolCapacity" c join "StoragePool" p on p."id" = c."poolId"
      ) as share
      where ${isAbove({ percent, kind: 'POOL_PROMISED', targetId }, tellAbove.poolPromised(targetId, sql`share."zoneId"`))}`,
  },
  {
    kind: 'IMAGE_STORE_USED',
    targetKind: 'ImageStore',
    query: ({ tellAbove }) => sql`
      select share."id", share."name", share."zoneId", false, 'WARNING', jsonb_build_object('percent', ${percentText})
      from (
        select s."id", s."name", s."zoneId", 100 * s."usedBytes"::float8 / greatest(s."totalBytes", 1) as "percent"
        from "ImageStore" s
      ) as share
      where ${isAbove({ percent, kind: 'IMAGE_STORE_USED', targetId }, tellAbove.imageStoreUsed)}`,
  },
  {
    kind: 'ADDRESSES_TAKEN',
    targetKind: 'Pod',
    // Free ones are counted only as far as it takes to know that there are enough.
    query: ({ tellAbove }) => sql`
      select share."id", pod."name", pod."zoneId", false,
        case when share."free" = 0 then 'CRITICAL' else 'WARNING' end,
        jsonb_build_object('percent', ${percentText}, 'free', share."free"::text)
      from (
        select r."podId" as "id", sum(count."free") as "free",
          (100.0 * (sum(r."size") - sum(count."free")) / sum(r."size"))::float8 as "percent"
        from (select "id", "podId", "endIp" - "startIp" + 1 as "size" from "GuestIpRange") as r
        cross join lateral (
          select count(*) as "free" from (
            select from "GuestIpAddress" a where a."rangeId" = r."id" and a."nicId" is null
            limit ceil(r."size" * (102 - ${tellAbove.addressesTaken}::float8) / 100)::bigint
          ) as enough
        ) as count
        group by r."podId"
      ) as share join "Pod" pod on pod."id" = share."id"
      where ${isAbove({ percent, kind: 'ADDRESSES_TAKEN', targetId }, tellAbove.addressesTaken)}`,
  },
];
