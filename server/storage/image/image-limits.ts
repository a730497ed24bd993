import type { Transaction } from '@nephos/model/database.ts';
import type { ImageId } from '@nephos/model/kernel/ids.ts';
import { releaseLimits, takeLimits, type Amounts } from '../../identity/limit/limits.ts';
import type { Settings } from '../../platform/settings/settings.ts';

/** Counts the files of an image once their size is known; one that was deleted meanwhile counts no more. */
export async function takeImageFiles(
  tx: Transaction,
  settings: Settings,
  imageId: ImageId,
  sizeBytes: bigint,
): Promise<void> {
  const image = await tx
    .selectFrom('Image')
    .select(['accountId', 'removedAt'])
    .where('id', '=', imageId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (image.removedAt !== null) return;
  await takeLimits(tx, settings, image.accountId, { SECONDARY_STORAGE: sizeBytes });
}

/** What an image that is there counts for. */
export async function imageAmounts(tx: Transaction, imageId: ImageId): Promise<Amounts> {
  const replicas = await tx
    .selectFrom('ImageReplica')
    .select('sizeBytes')
    .where('imageId', '=', imageId)
    .execute();
  return {
    TEMPLATE: 1n,
    SECONDARY_STORAGE: replicas.reduce((total, { sizeBytes }) => total + sizeBytes, 0n),
  };
}

/** Deletes the row of an image that was never ready, and gives back what it counted for. */
export async function forgetUnmadeImage(tx: Transaction, imageId: ImageId): Promise<void> {
  const amounts = await imageAmounts(tx, imageId);
  const image = await tx
    .deleteFrom('Image')
    .where('id', '=', imageId)
    .returning(['accountId', 'removedAt'])
    .executeTakeFirst();
  if (image?.removedAt === null) await releaseLimits(tx, image.accountId, amounts);
}
