import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Database } from '@nephos/model/database.ts';
import type { UsageExportFormat } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { askDuckDb } from '../../support/duckdb.ts';

interface Sums {
  rows: string;
  quantity: string;
}

const readers: Partial<Record<UsageExportFormat, (file: string) => string>> = {
  CSV: (file) => `read_csv('${file}', all_varchar = true)`,
  PARQUET: (file) => `read_parquet('${file}')`,
};

/**
 * Holds what a foreign reader finds in a file of all records against what the database says of them.
 * @returns rows that it found
 * @throws Error when the sums are not the same
 */
export async function reread(
  db: Database,
  exportId: Id<'UsageExport'>,
  format: UsageExportFormat,
): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nephos-reread-'));
  try {
    const file = path.join(folder, 'records');
    await fetchTo(file, db, exportId);
    const sums = `count(*)::varchar as "rows", sum("quantity"::hugeint)::varchar as "quantity"`;
    const [found] = await askDuckDb<Sums>(`select ${sums} from ${readers[format]!(file)}`);
    const {
      rows: [stored],
    } =
      await sql<Sums>`select count(*)::text as "rows", sum("quantity")::text as "quantity" from "UsageRecord"`.execute(
        db,
      );
    if (found?.rows !== stored?.rows || found?.quantity !== stored?.quantity)
      throw new Error(`${format} has ${JSON.stringify(found)}, the database ${JSON.stringify(stored)}`);
    return Number(found?.rows);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Piece by piece, as it is kept. */
async function fetchTo(file: string, db: Database, exportId: Id<'UsageExport'>): Promise<void> {
  await using target = await open(file, 'w');
  for (let position = 0n; ;) {
    const part = await db
      .selectFrom('UsageExportPart')
      .select('content')
      .where('exportId', '=', exportId)
      .where('position', '=', position)
      .executeTakeFirst();
    if (part === undefined) return;
    await target.write(part.content);
    position += BigInt(part.content.length);
  }
}
