import type { Database, Row } from '@nephos/model/database.ts';
import type { HostAdminState, HostLinkState } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';

/** A host as it is drawn. */
export interface TopologyHost {
  id: string;
  clusterId: string;
  name: string;
  linkState: HostLinkState;
  adminState: HostAdminState;
  machines: number;
  runningMachines: number;
  brokenMachines: number;
  cpuPercent: number;
  memoryPercent: number;
}

/** A zone, or all of them, in pieces. */
export interface TopologyRows {
  zones: Pick<Row<'Zone'>, 'id' | 'name' | 'allocationState'>[];
  pods: Pick<Row<'Pod'>, 'id' | 'zoneId' | 'name'>[];
  clusters: Pick<Row<'Cluster'>, 'id' | 'podId' | 'name' | 'hypervisor' | 'allocationState'>[];
  hosts: TopologyHost[];
}

/** What there is, in four statements, however much that is. */
export async function readTopology(db: Database, zoneId: Id<'Zone'> | null): Promise<TopologyRows> {
  const within = sql<boolean>`(${zoneId}::text is null or "zoneId" = ${zoneId})`;
  const [zones, pods, clusters, hosts] = await Promise.all([
    db
      .selectFrom('Zone')
      .select(['id', 'name', 'allocationState'])
      .where(sql<boolean>`(${zoneId}::text is null or "id" = ${zoneId})`)
      .execute(),
    db.selectFrom('Pod').select(['id', 'zoneId', 'name']).where(within).execute(),
    db
      .selectFrom('Cluster')
      .select(['id', 'podId', 'name', 'hypervisor', 'allocationState'])
      .where(within)
      .execute(),
    readHosts(db, zoneId),
  ]);
  return { zones, pods, clusters, hosts };
}

async function readHosts(db: Database, zoneId: Id<'Zone'> | null): Promise<TopologyHost[]> {
  const { rows } = await sql<TopologyHost>`
    with machine as (
      select "hostId", count(*)::int as "machines", count(*) filter (where "state" = 'RUNNING')::int as "running",
        count(*) filter (where "state" in ('ERROR', 'UNKNOWN'))::int as "broken"
      from "VirtualMachine" where "hostId" is not null group by 1
    )
    select h."id", h."clusterId", h."name", h."linkState", h."adminState", coalesce(m."machines", 0) as "machines",
      coalesce(m."running", 0) as "runningMachines", coalesce(m."broken", 0) as "brokenMachines",
      coalesce(100 * c."cpuMhzReserved"::float8 / greatest(c."cpuMhzTotal", 1), 0) as "cpuPercent",
      coalesce(100 * c."memoryBytesReserved"::float8 / greatest(c."memoryBytesTotal", 1), 0) as "memoryPercent"
    from "Host" h left join "HostCapacity" c on c."hostId" = h."id" left join machine m on m."hostId" = h."id"
    where ${zoneId}::text is null or h."zoneId" = ${zoneId}`.execute(db);
  return rows;
}
