import { imageIdField } from '@nephos/agent-protocol/fields.ts';
import type { Transaction } from '@nephos/model/database.ts';
import type { Id, ImageId } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { z } from 'zod';

/** A template that a disk is a clone of, and where the template lies. */
export const baseField = z.object({
  imageId: imageIdField,
  sourcePath: z.string(),
  format: z.enum(['QCOW2', 'RAW']),
});

/** Writes down that a pool has a copy of a template. */
export async function rememberBase(
  tx: Transaction,
  imageId: ImageId,
  poolId: Id<'StoragePool'>,
  sizeBytes: bigint,
): Promise<void> {
  // All machines of one template are made at the same row: it is touched only when it says something else.
  await sql`
    insert into "BaseImage" ("imageId", "poolId", "state", "sizeBytes")
    select ${imageId}, ${poolId}, 'READY', ${sizeBytes}::bigint where not exists (
      select 1 from "BaseImage"
      where "imageId" = ${imageId} and "poolId" = ${poolId} and "state" = 'READY' and "sizeBytes" = ${sizeBytes})
    on conflict ("imageId", "poolId") do update set "state" = excluded."state", "sizeBytes" = excluded."sizeBytes"`.execute(
    tx,
  );
}
