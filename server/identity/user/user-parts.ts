import type { Database, Row } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import type { Actor } from '../../platform/actor.ts';
import { scopeOf } from '../access/visibility.ts';

/** Reads the users of many accounts, of those that the actor may see. */
export const usersOf =
  (actor: Actor) =>
  async (db: Database, ids: readonly string[]): Promise<ReadonlyMap<string, Row<'User'>[]>> => {
    const { rows } = await sql<Row<'User'>>`
      select * from "User" where "accountId" = any(${ids}::text[]) and ${scopeOf(actor, 'User')}
      order by "username"`.execute(db);
    return Map.groupBy(rows, ({ accountId }) => accountId);
  };
