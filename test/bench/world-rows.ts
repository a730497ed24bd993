import type { Database } from '@nephos/model/database.ts';
import type { Tables } from '@nephos/model/generated/tables.ts';
import { newId, type Id, type IdKind } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';

const now = new Date().toISOString();

/** Columns that most tables have. */
export const stamps = { version: 1, createdAt: now, updatedAt: now };

/** Ids in the order in which things were made. */
export function idsOf<Kind extends IdKind>(kind: Kind, count: number): Id<Kind>[] {
  return Array.from({ length: count }, () => newId(kind)).sort();
}

/** The same numbers at every run, that figures can be compared (mulberry32). */
export function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Inserts rows that all have the columns of the first. */
export async function insertRows(
  db: Database,
  table: keyof Tables,
  rows: readonly Record<string, unknown>[],
): Promise<void> {
  const batch = 5000;
  const columns = sql.join(Object.keys(rows[0] ?? {}).map((name) => sql.ref(name)));
  for (let from = 0; from < rows.length; from += batch) {
    const some = JSON.stringify(rows.slice(from, from + batch));
    await sql`insert into ${sql.table(table)} (${columns})
      select ${columns} from json_populate_recordset(null::${sql.table(table)}, ${some}::json)`.execute(db);
  }
}
