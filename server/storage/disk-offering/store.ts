import type { Database, Row } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';

/** Disk offerings that disks have, whether they are still offered or not. */
export async function chosenDiskOfferings(
  db: Database,
  ids: readonly string[],
): Promise<Map<string, Row<'DiskOffering'>>> {
  const rows = await db
    .selectFrom('DiskOffering')
    .selectAll()
    .where('id', 'in', ids as Id<'DiskOffering'>[])
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}
