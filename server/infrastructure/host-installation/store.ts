import type { Database, Row } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';

/** The last installations of each of some hosts. */
export async function installationsOf(
  db: Database,
  hostIds: readonly string[],
): Promise<Map<string, Row<'HostInstallation'>>> {
  const rows = await db
    .selectFrom('HostInstallation')
    .selectAll()
    .where('hostId', 'in', hostIds as Id<'Host'>[])
    .execute();
  return new Map(rows.map((row) => [row.hostId, row]));
}
