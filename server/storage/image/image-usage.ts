import type { Transaction } from '@nephos/model/database.ts';
import type { ImageId } from '@nephos/model/kernel/ids.ts';
import type { UsageSource } from '../../billing/event-id.ts';
import { appendUsage } from '../../billing/usage-events.ts';

/** Meters an image from, or to, this moment, in every zone where it lies. */
export async function appendImageUsage(
  tx: Transaction,
  what: 'CREATE' | 'DELETE',
  imageId: ImageId,
  at: Date,
  source: UsageSource,
): Promise<void> {
  const replicas = await tx
    .selectFrom('ImageReplica')
    .innerJoin('Image', 'Image.id', 'ImageReplica.imageId')
    .select(['accountId', 'kind', 'name', 'ImageReplica.zoneId', 'sizeBytes', 'virtualSizeBytes'])
    .where('imageId', '=', imageId)
    .where('state', '=', 'READY')
    .execute();
  await appendUsage(
    tx,
    replicas.map(({ accountId, kind, name, zoneId, sizeBytes }) => ({
      kind: `${kind}_${what}`,
      at,
      accountId,
      zoneId,
      resourceId: imageId,
      resourceName: name,
      attributes: { sizeBytes: sizeBytes.toString() },
    })),
    source,
  );
}
