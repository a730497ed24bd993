import type { Database } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { fileName, mediaTypes } from '@nephos/usage/export/file/file-name.ts';
import { readPieces } from '@nephos/usage/export/file/read-pieces.ts';
import { covers, extentOf } from '../../identity/access/extent.ts';
import { getGuarded } from '../../identity/access/guarded-loader.ts';
import type { Actor } from '../../platform/actor.ts';
import { PlatformError } from '../../platform/errors.ts';
import { focusSchemaName } from './focus-schema-name.ts';
import { demandContent } from './usage-export-service.ts';

/** A file that can be fetched, from any byte on. */
export interface ExportFile {
  name: string;
  mediaType: string;
  sizeBytes: number;
  /** SHA-256 of all of it, in hexadecimal. */
  sha256: string;
  /** Beside those that every file has. */
  headers?: Readonly<Record<string, string>>;
  /** Its bytes from one place to before another, a piece at a time. */
  read(from: number, until: number): AsyncGenerator<Buffer>;
}

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
    name: fileName(row),
    mediaType: mediaTypes[row.format],
    sizeBytes: Number(row.sizeBytes),
    sha256,
    ...(row.schemaId !== null && {
      headers: {
        'focus-schema-id': row.schemaId,
        link: `</exports/${focusSchemaName}>; rel="describedby"`,
      },
    }),
    read: (from, until) => readPieces(db, id, from, until),
  };
}
