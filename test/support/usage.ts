import type { Database } from '@nephos/model/database.ts';
import { sql } from 'kysely';

/** Kinds of the usage events of a thing, in the order in which they happened, numbered already or not. */
export async function usageOf(db: Database, resourceId: string): Promise<string[]> {
  // In one statement: the usage daemon moves them from one table to the other.
  const { rows } = await sql<{ kind: string }>`
    select "id", "kind" from "UsageEvent" where "resourceId" = ${resourceId}
    union all select "id", "kind" from "UsageEventPending" where "resourceId" = ${resourceId}
    order by "id"`.execute(db);
  return rows.map(({ kind }) => kind);
}
