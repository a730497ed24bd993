import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import type { StatementLineFacts } from './compose.ts';

/** A line as it is stored, in its place. */
export interface StatementLineRow extends StatementLineFacts {
  statementId: string;
  position: number;
}

/** Lines of statements, each in its order. */
export async function readLines(
  db: Database | Transaction,
  statementIds: readonly string[],
): Promise<StatementLineRow[]> {
  const { rows } = await sql<StatementLineRow>`
    select * from "StatementLine" where "statementId" = any(${statementIds}::text[])
    order by "statementId", "position"`.execute(db);
  return rows;
}

/** The same by statement, for a loader. */
export async function readLinesByStatement(
  db: Database,
  statementIds: readonly string[],
): Promise<Map<string, StatementLineRow[]>> {
  return Map.groupBy(await readLines(db, statementIds), ({ statementId }) => statementId);
}

/** Credit notes by the statement that they correct, the oldest first. Whoever sees a statement sees its corrections. */
export async function readCreditNotes(
  db: Database,
  statementIds: readonly string[],
): Promise<Map<string, Row<'Statement'>[]>> {
  const { rows } = await sql<Row<'Statement'>>`
    select * from "Statement" where "correctsId" = any(${statementIds}::text[]) order by "id"`.execute(db);
  return Map.groupBy(rows, ({ correctsId }) => correctsId ?? '');
}
