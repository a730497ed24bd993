import { createHash } from 'node:crypto';
import type { Database, Row } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { fileName, mediaTypes } from '../file/file-name.ts';
import { readPieces } from '../file/read-pieces.ts';

/** A finished file, as its destination gets it. */
export interface RunFile {
  /** Names one run and no other: what is sent twice is there once. */
  name: string;
  mediaType: string;
  sizeBytes: number;
  rowCount: bigint;
  /** In hexadecimal. */
  sha256: string;
  /** Of FOCUS: which schema its columns follow. */
  schemaId: string | null;
  /** Its bytes from one place to before another, a piece at a time. */
  read(from: number, until: number): AsyncGenerator<Buffer>;
}

/** @param runId stands in the file's name */
export function runFile(
  db: Database,
  file: Row<'UsageExport'> & { sha256: string },
  runId: Id<'UsageExportRun'>,
): RunFile {
  return {
    name: fileName(file, `-${runId}`),
    mediaType: mediaTypes[file.format],
    sizeBytes: Number(file.sizeBytes),
    rowCount: file.rowCount,
    sha256: file.sha256,
    schemaId: file.schemaId,
    read: (from, until) => readPieces(db, file.id, from, until),
  };
}

/** SHA-256 of some bytes, in hexadecimal. */
export const sha256Of = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');
