import type { Database } from '@nephos/model/database.ts';
import { sql } from 'kysely';

/** Kinds of the usage events of a thing, in the order in which they happened, numbered already or not. */
export async function usageOf(db: Database, resourceId: string): Promise<string[]> {
  // In one statement: the sequencer moves them from one table to the other.
  const { rows } = await sql<{ kind: string }>`
    select "kind", 0 as "pending", "seq" as "place" from "UsageEvent" where "resourceId" = ${resourceId}
    union all
    select "kind", 1 as "pending", "position" as "place" from "UsageEventPending" where "resourceId" = ${resourceId}
    order by "pending", "place"`.execute(db);
  return rows.map(({ kind }) => kind);
}
