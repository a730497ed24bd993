import type { Database, Row } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';

/** The machines of each of some hosts that are none of ours, by name. */
export async function foreignMachinesOf(
  db: Database,
  hostIds: readonly string[],
): Promise<Map<string, Row<'ForeignMachine'>[]>> {
  const rows = await db
    .selectFrom('ForeignMachine')
    .selectAll()
    .where('hostId', 'in', hostIds as Id<'Host'>[])
    .orderBy('name')
    .orderBy('id')
    .execute();
  return Map.groupBy(rows, ({ hostId }) => hostId as string);
}
