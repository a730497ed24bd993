import type { PoolReference } from '@nephos/agent-protocol/machine.ts';
import type { Statistics } from '@nephos/agent-protocol/statistics.ts';
import type { Database } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { hostMeasured, machineMeasured, valuesOf } from './measures.ts';
import { minuteMs } from './resolution.ts';

/** What an agent reported, and when that was by the server's clock. */
export interface AgentReport {
  agentId: Id<'Agent'>;
  at: Date;
  statistics: Statistics;
}

/** PostgreSQL's text of an array of numbers. */
const arrayText = (values: readonly (number | null)[]) =>
  `{${values.map((value) => value ?? 'null').join()}}`;

/**
 * Keeps what agents said of their hosts and of the machines that run on them: one statement, however many they are.
 * What an agent says of others' machines is left out.
 */
export async function insertSamples(db: Database, reports: readonly AgentReport[]): Promise<void> {
  const machines = reports.flatMap(({ agentId, at, statistics }) =>
    // The number of processors is the database's: their share is what is counted as if there were one.
    statistics.machines.map((usage) => ({
      id: usage.machineId,
      agentId,
      at,
      cpu: usage.cpu,
      values: arrayText(valuesOf('VirtualMachine', machineMeasured(usage, 1)).slice(1)),
    })),
  );
  const hosts = reports.map(({ agentId, at, statistics: { host } }) => ({
    agentId,
    at,
    values: arrayText(valuesOf('Host', hostMeasured(host))),
  }));
  await sql`
    insert into "FreshSample" ("resourceId", "at", "values")
    select m."id", s."at", array_prepend(
      case when s."cpu" is not null then least(100, s."cpu" * 100 / m."cpuCount") end::real, s."values"::real[])
    from unnest(
      ${machines.map(({ id }) => id)}::text[], ${machines.map(({ agentId }) => agentId)}::text[],
      ${machines.map(({ at }) => at)}::timestamptz[], ${machines.map(({ cpu }) => cpu)}::float8[],
      ${machines.map(({ values }) => values)}::text[]
    ) as s("id", "agentId", "at", "cpu", "values")
    join "VirtualMachine" m on m."id" = s."id"
    join "Host" h on h."id" = m."hostId" and h."agentId" = s."agentId"
    union all
    select h."id", s."at", s."values"::real[]
    from unnest(
      ${hosts.map(({ agentId }) => agentId)}::text[], ${hosts.map(({ at }) => at)}::timestamptz[],
      ${hosts.map(({ values }) => values)}::text[]
    ) as s("agentId", "at", "values")
    join "Host" h on h."agentId" = s."agentId"
    on conflict do nothing`.execute(db);
}

/**
 * Keeps what agents said of the space of their pools, once a minute, whichever of a pool's hosts comes first, and tells
 * placement of it. A pool in which space is being reserved at this moment gets its turn a minute later: nobody waits.
 */
export async function recordPoolSpace(db: Database, reports: readonly AgentReport[]): Promise<void> {
  const pools = reports.flatMap(({ agentId, at, statistics }) =>
    statistics.pools.map((space) => ({
      ...space,
      agentId,
      at: new Date(Math.floor(at.getTime() / minuteMs) * minuteMs),
    })),
  );
  if (pools.length === 0) return;
  await sql`
    with given as (
      select distinct on (s."id") s.* from unnest(
        ${pools.map(({ poolId }) => poolId)}::text[], ${pools.map(({ agentId }) => agentId)}::text[],
        ${pools.map(({ at }) => at)}::timestamptz[], ${pools.map(({ totalBytes }) => String(totalBytes))}::bigint[],
        ${pools.map(({ usedBytes }) => String(usedBytes))}::bigint[]
      ) as s("id", "agentId", "at", "total", "used")
      join "Host" h on h."agentId" = s."agentId"
      join "StoragePoolHost" p on p."poolId" = s."id" and p."hostId" = h."id"
      order by s."id"
    ), kept as (
      insert into "FreshSample" ("resourceId", "at", "values")
      select "id", "at", array["used", "total"]::real[] from given order by "id"
      on conflict do nothing returning "resourceId"
    ), free as (
      select c."poolId" from "StoragePoolCapacity" c where c."poolId" in (select "resourceId" from kept)
      order by c."poolId" for no key update skip locked
    )
    update "StoragePoolCapacity" c set "totalBytes" = g."total", "usedBytes" = g."used"
    from free f join given g on g."id" = f."poolId"
    where c."poolId" = f."poolId"
      and (c."totalBytes", c."usedBytes") is distinct from (g."total", g."used")`.execute(db);
}

/** Which pools each of some agents' hosts reaches. */
export async function poolsOfAgents(
  db: Database,
  agentIds: readonly Id<'Agent'>[],
): Promise<Map<string, PoolReference[]>> {
  const rows = await db
    .selectFrom('Host')
    .innerJoin('StoragePoolHost', 'StoragePoolHost.hostId', 'Host.id')
    .innerJoin('StoragePool', 'StoragePool.id', 'StoragePoolHost.poolId')
    .select(['Host.agentId', 'StoragePool.id as poolId', 'StoragePool.path'])
    .where('Host.agentId', '=', sql<Id<'Agent'>>`any(${agentIds}::text[])`)
    .execute();
  const pools = new Map<string, PoolReference[]>();
  for (const { agentId, ...pool } of rows) pools.set(agentId, [...(pools.get(agentId) ?? []), pool]);
  return pools;
}
