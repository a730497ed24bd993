import type { Database } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { scopeOf } from '../identity/access/visibility.ts';
import type { Actor } from '../platform/actor.ts';
import type { MeasuredKind, Values } from './measures.ts';

/** Most things of a kind that are told of at once. */
const mostThings = 100_000;

/** A thing's newest sample, and what it is called. */
export interface NamedSample {
  id: string;
  name: string;
  zone: string;
  /** Of what nobody owns: absent. */
  account?: string;
  values: Values;
}

/** The newest samples, since a moment, of everything of a kind that somebody may see: one statement. */
export async function namedSamples(
  db: Database,
  actor: Actor,
  kind: MeasuredKind,
  since: Date,
): Promise<NamedSample[]> {
  const isOwned = kind === 'VirtualMachine';
  const { rows } = await sql<NamedSample>`
    select t."id", t."name", z."name" as "zone", s."values" ${isOwned ? sql`, a."name" as "account"` : sql``}
    from (
      select "id", "name", "zoneId" ${isOwned ? sql`, "accountId"` : sql``} from ${sql.table(kind)}
      where ${scopeOf(actor, kind)}
    ) t
    join "Zone" z on z."id" = t."zoneId"
    ${isOwned ? sql`join "Account" a on a."id" = t."accountId"` : sql``}
    cross join lateral (
      select f."values" from "FreshSample" f where f."resourceId" = t."id" and f."at" >= ${since}
      order by f."at" desc limit 1
    ) s
    limit ${mostThings}`.execute(db);
  return rows;
}
