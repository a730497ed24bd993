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
  // In thousandths, since memory beyond 2^53 bytes is no exact double.
  await sql`
    update "HostCapacity" c set
      "cpuMhzTotal" = floor(h."cpuCores"::float8 * h."cpuMhz" * l."cpuOvercommit")::int,
      "memoryBytesTotal" = h."memoryBytes" * round(l."memoryOvercommit" * 1000)::bigint / 1000
    from "Host" h join "Cluster" l on l."id" = h."clusterId" where c."hostId" = h."id" and ${isMeant}`.execute(
    db,
  );
}
