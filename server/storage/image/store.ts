import type { Database, Row } from '@nephos/model/database.ts';
import type { ImageId } from '@nephos/model/kernel/ids.ts';

/** The zones that each of some images is in. */
export async function replicasOf(
  db: Database,
  imageIds: readonly string[],
): Promise<Map<string, Row<'ImageReplica'>[]>> {
  const rows = await db
    .selectFrom('ImageReplica')
    .selectAll()
    .where('imageId', 'in', imageIds as ImageId[])
    .execute();
  return Map.groupBy(rows, ({ imageId }) => imageId as string);
}
