import type { Database } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';

/**
 * Bytes of a file from one place to before another, a piece at a time: one statement for each, so that no connection
 * waits for whoever takes them slowly.
 */
export async function* readPieces(
  db: Database,
  exportId: Id<'UsageExport'>,
  from: number,
  until: number,
): AsyncGenerator<Buffer> {
  for (let at = from; at < until;) {
    const part = await db
      .selectFrom('UsageExportPart')
      .select(['position', 'content'])
      .where('exportId', '=', exportId)
      .where('position', '<=', BigInt(at))
      .orderBy('position', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (part === undefined) throw new Error(`export ${exportId} was removed while it was read`);
    const skipped = at - Number(part.position);
    const piece = part.content.subarray(skipped, skipped + until - at);
    if (piece.length === 0) throw new Error(`export ${exportId} ends before byte ${at}`);
    yield piece;
    at += piece.length;
  }
}
