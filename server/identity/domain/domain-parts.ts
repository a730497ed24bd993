import type { Database, Row } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import type { Actor } from '../../platform/actor.ts';
import { scopeOf } from '../access/visibility.ts';

/** Reads the domains directly in many, of those that the actor may see. */
export const childrenOf =
  (actor: Actor) =>
  async (db: Database, ids: readonly string[]): Promise<ReadonlyMap<string, Row<'Domain'>[]>> => {
    const { rows } = await sql<Row<'Domain'>>`
      select * from "Domain" where "parentId" = any(${ids}::text[]) and ${scopeOf(actor, 'Domain')}
      order by "name"`.execute(db);
    return Map.groupBy(rows, ({ parentId }) => parentId ?? '');
  };

/** Counts the accounts directly in many domains, of those that the actor may see. */
export const accountCounts =
  (actor: Actor) =>
  async (db: Database, ids: readonly string[]): Promise<ReadonlyMap<string, number>> => {
    const { rows } = await sql<{ domainId: string; count: number }>`
      select "domainId", count(*)::int as "count" from "Account"
      where "domainId" = any(${ids}::text[]) and "roleId" is not null and ${scopeOf(actor, 'Account')}
      group by "domainId"`.execute(db);
    return new Map(rows.map(({ domainId, count }) => [domainId, count]));
  };
