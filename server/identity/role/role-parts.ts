import type { Database } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import type { Actor } from '../../platform/actor.ts';
import { scopeOf } from '../access/visibility.ts';

/** Counts the accounts that have each of many roles, of those that the actor may see. */
export const accountsByRole =
  (actor: Actor) =>
  async (db: Database, ids: readonly string[]): Promise<ReadonlyMap<string, number>> => {
    const { rows } = await sql<{ roleId: string; count: number }>`
      select "roleId", count(*)::int as "count" from "Account"
      where "roleId" = any(${ids}::text[]) and ${scopeOf(actor, 'Account')}
      group by "roleId"`.execute(db);
    return new Map(rows.map(({ roleId, count }) => [roleId, count]));
  };
