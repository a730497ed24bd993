import type { Database, Row } from '@nephos/model/database.ts';
import type { Tables } from '@nephos/model/generated/tables.ts';
import { sql } from 'kysely';
import { kinds, type Kind, type KindExpectation } from './kinds.ts';

/** A row of any kind: what the expectations look at. */
export type AnyRow = { id: string } & Record<string, unknown>;

/** Tables whose rows an account owns. */
type OwnedTable =
  'Image' | 'VirtualMachine' | 'VirtualMachineSchedule' | 'VirtualMachineSnapshot' | 'Volume' | 'Nic' | 'Job';

/** What is there now of a kind, oldest first. */
export async function rowsOf(db: Database, kind: Kind): Promise<AnyRow[]> {
  const { table, only }: KindExpectation = kinds[kind];
  const condition = only ? sql<boolean>`${sql.ref(only.column)}::text = ${only.value}` : sql<boolean>`true`;
  const { rows } = await sql<AnyRow>`
    select * from ${sql.table(table)} where ${condition} order by "id"`.execute(db);
  return rows;
}

export async function ownedRows<Table extends OwnedTable>(
  db: Database,
  table: Table,
  accountId: string,
): Promise<Row<Table>[]> {
  const { rows } = await sql<Row<Table>>`
    select * from ${sql.table(table)} where "accountId" = ${accountId} order by "id"`.execute(db);
  return rows;
}

/** Inserts the like of a row. */
export async function copyRow(
  db: Database,
  table: keyof Tables,
  id: string,
  changes: Record<string, unknown>,
  key = 'id',
): Promise<void> {
  await sql`insert into ${sql.table(table)}
    select (jsonb_populate_record(t, ${JSON.stringify(changes)}::jsonb)).* from ${sql.table(table)} t
    where ${sql.ref(key)} = ${id}`.execute(db);
}
