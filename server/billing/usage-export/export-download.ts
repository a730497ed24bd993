import type { Database } from '@nephos/model/database.ts';
import type { UsageExportFormat, UsageExportKind } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { covers, extentOf } from '../../identity/access/extent.ts';
import { getGuarded } from '../../identity/access/guarded-loader.ts';
import type { Actor } from '../../platform/actor.ts';
import { PlatformError } from '../../platform/errors.ts';
import { demandContent, type ExportRow } from './usage-export-service.ts';

/** A file that can be fetched, from any byte on. */
export interface ExportFile {
  name: string;
  mediaType: string;
  sizeBytes: number;
  /** SHA-256 of all of it, in hexadecimal. */
  sha256: string;
  /** Its bytes from one place to before another, a piece at a time. */
  read(from: number, until: number): AsyncGenerator<Buffer>;
}

const mediaTypes: Record<UsageExportFormat, string> = {
  CSV: 'text/csv; charset=utf-8',
  JSON_LINES: 'application/x-ndjson',
  PARQUET: 'application/vnd.apache.parquet',
};

const endings: Record<UsageExportFormat, string> = { CSV: 'csv', JSON_LINES: 'jsonl', PARQUET: 'parquet' };

const stems: Record<UsageExportKind, string> = {
  RECORDS: 'usage-records',
  RATED_LINES: 'rated-lines',
  FOCUS: 'focus',
};

/**
 * A file, for whoever ordered it and still sees all that is in it: somebody who left a project since, or whose key
 * reads no usage, does not get it.
 * @throws PlatformError NOT_FOUND, FORBIDDEN, INVALID_STATE while it is not ready
 */
export async function openExport(db: Database, actor: Actor, id: Id<'UsageExport'>): Promise<ExportFile> {
  const row = await getGuarded(db, actor, 'UsageExport', id, 'usageExport.list');
  demandContent(actor, row.kind);
  if (!covers(extentOf(actor), row)) {
    throw new PlatformError('FORBIDDEN', 'there is usage in it that you do not see any more', {
      details: { kind: 'UsageExport', id },
      remedy: 'make a new export',
    });
  }
  const { state, sha256, problem } = row;
  if (state !== 'READY' || sha256 === null) {
    throw new PlatformError('INVALID_STATE', problem ?? `the export is ${state}, and not ready yet`, {
      details: { state },
    });
  }
  return {
    name: nameOf(row),
    mediaType: mediaTypes[row.format],
    sizeBytes: Number(row.sizeBytes),
    sha256,
    read: (from, until) => readPieces(db, id, from, until),
  };
}

function nameOf({ kind, format, coversFrom, coversUntil }: ExportRow): string {
  const day = (at: Date) => at.toISOString().slice(0, 10);
  return `${stems[kind]}-${day(coversFrom)}-${day(coversUntil)}.${endings[format]}`;
}

/** One statement for each piece: no connection waits for a client that reads slowly. */
async function* readPieces(
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
    if (part === undefined) throw new Error(`export ${exportId} was removed while it was fetched`);
    const skipped = at - Number(part.position);
    const piece = part.content.subarray(skipped, skipped + until - at);
    if (piece.length === 0) throw new Error(`export ${exportId} ends before byte ${at}`);
    yield piece;
    at += piece.length;
  }
}
