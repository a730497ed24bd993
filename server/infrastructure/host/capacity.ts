import type { Database, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';

/**
 * Writes anew what may be promised of hosts, from what they have and from their cluster's over-provisioning. What is
 * promised already stays, and may be more by then.
 */
export async function refreshCapacities(
  db: Database | Transaction,
  of: { hostId: Id<'Host'> } | { clusterId: Id<'Cluster'> },
): Promise<void> {
  const isMeant = 'hostId' in of ? sql`h."id" = ${of.hostId}` : sql`h."clusterId" = ${of.clusterId}`;
  // In thousandths, since memory beyond 2^53 bytes is no exact double. Rows of hosts that have what they had are left
  // alone: jobs hold them.
  await sql`
    update "HostCapacity" c set "cpuMhzTotal" = has."cpuMhz", "memoryBytesTotal" = has."memoryBytes"
    from (
      select h."id",
        floor(h."cpuCores"::float8 * h."cpuMhz" * l."cpuOvercommit")::int as "cpuMhz",
        h."memoryBytes" * round(l."memoryOvercommit" * 1000)::bigint / 1000 as "memoryBytes"
      from "Host" h join "Cluster" l on l."id" = h."clusterId" where ${isMeant}
    ) as has
    where c."hostId" = has."id"
      and (c."cpuMhzTotal", c."memoryBytesTotal") is distinct from (has."cpuMhz", has."memoryBytes")`.execute(
    db,
  );
}
