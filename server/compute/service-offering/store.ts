import type { Database, Row } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';

/** Service offerings that machines have, whether they are still offered or not. */
export async function chosenOfferings(
  db: Database,
  ids: readonly string[],
): Promise<Map<string, Row<'ServiceOffering'>>> {
  const rows = await db
    .selectFrom('ServiceOffering')
    .selectAll()
    .where('id', 'in', ids as Id<'ServiceOffering'>[])
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}
