import type { Database } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import type { Column } from './column.ts';
import { selected, type Selection } from './selection.ts';

/** What a file can be of: its columns, and where its rows come from. */
export interface Dataset<Source extends { id: string }> {
  columns: readonly Column<Source>[];
  /** How many rows are selected. */
  countRows(db: Database, selection: Selection): Promise<bigint>;
  /** Facts of the whole file, for formats that have a place for them. */
  facts: Readonly<Record<string, string>>;
  /** Rows in the order of their ids, after `after`: as many as `limit`, or the last ones. */
  readPage(db: Database, selection: Selection, after: string, limit: number): Promise<Source[]>;
}

const rowsPerPage = 2000;

/** Counts the rows of a table that are selected. */
export const countSelected =
  (table: 'UsageRecord' | 'RatedLine') =>
  async (db: Database, selection: Selection): Promise<bigint> => {
    const { rows } = await sql<{ count: bigint }>`
      select count(*) as "count" from ${sql.table(table)} t where ${selected(selection, 't', '')}`.execute(
      db,
    );
    return rows[0]?.count ?? 0n;
  };

/** All rows that are selected, a page at a time, each read by key in a statement of its own. */
export async function* pagesOf<Source extends { id: string }>(
  db: Database,
  { readPage }: Dataset<Source>,
  selection: Selection,
): AsyncGenerator<Source[]> {
  for (let after = ''; ;) {
    const rows = await readPage(db, selection, after, rowsPerPage);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    if (rows.length < rowsPerPage) return;
    after = last.id;
  }
}
