import type { Transaction } from '@nephos/model/database.ts';
import { sql } from 'kysely';

/** What closing a period writes, and needs to have as it was. */
const copied = ['UsagePeriod', 'OpenUse', 'TariffTotal'] as const;
/** What closing a period only appends to. */
const appended = ['UsageRecord', 'RatedLine'] as const;
const shadows: readonly string[] = [...copied, ...appended];

/**
 * From here on what this transaction writes goes into temporary tables, which lie before the real ones: periods can be
 * closed as if, by the very code that closes them. Events and tariffs are the real ones.
 */
export async function shadowTables(tx: Transaction): Promise<void> {
  const { rows } = await sql<{ schema: string }>`select current_schema() as "schema"`.execute(tx);
  const [{ schema } = { schema: 'public' }] = rows;
  for (const name of copied) {
    const table = sql.id(name);
    await sql`create temp table ${table} (like ${table} including defaults including indexes) on commit drop`.execute(
      tx,
    );
    await sql`insert into ${table} select * from ${sql.id(schema, name)}`.execute(tx);
    await sql`analyze ${table}`.execute(tx);
  }
  for (const name of appended) {
    const table = sql.id(name);
    await sql`create temp table ${table} (like ${table} including defaults) on commit drop`.execute(tx);
  }
  // A plan that was made for a real table does not notice that another one lies before it now.
  await sql`discard plans`.execute(tx);
}

/** Removes what closing a period leaves until its transaction ends, so that another one can be closed in it. */
export async function dropScratch(tx: Transaction): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select "relname" as "name" from "pg_class"
    where "relnamespace" = pg_my_temp_schema() and "relkind" = 'r' and "relname" <> all(${shadows}::text[])`.execute(
    tx,
  );
  for (const { name } of rows) await sql`drop table ${sql.id('pg_temp', name)}`.execute(tx);
}
