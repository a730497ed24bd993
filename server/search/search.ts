import type { Database } from '@nephos/model/database.ts';
import { findIdKind } from '@nephos/model/kernel/ids.ts';
import { sql, type RawBuilder } from 'kysely';
import { containing } from '../graphql/list-field.ts';
import { mayRead, scopeOf } from '../identity/access/visibility.ts';
import type { Actor } from '../platform/actor.ts';
import { invalid } from '../platform/errors.ts';
import { searchSources, type SearchSource } from './search-sources.ts';

/** Something that was found. */
export interface SearchHit {
  id: string;
  name: string;
  /** What it was found by, where that is not its name. */
  detail: string | null;
}

const longestText = 200;
const mostOfATable = 20;

/**
 * What the actor may see with a text in its name or its tags, with an address that begins so, or with this very id: the
 * best of each kind first. One statement, whatever there is.
 * @param first most of each kind
 * @throws PlatformError VALIDATION_FAILED
 */
export async function search(db: Database, actor: Actor, typed: string, first: number): Promise<SearchHit[]> {
  const text = typed.trim();
  if (text.length > longestText)
    throw invalid('text', text.length, `must be at most ${longestText} characters`);
  if (first < 1 || first > mostOfATable) throw invalid('first', first, `must be from 1 to ${mostOfATable}`);
  if (text === '') return [];
  const readable = searchSources.filter(({ table }) => mayRead(actor, table));
  const parts =
    findIdKind(text) === undefined
      ? [
          ...readable.map((source, index) => byText(actor, source, { text, first, index })),
          ...byAddress(actor, text, first),
        ]
      : readable.map((source) => byId(actor, source, text));
  if (parts.length === 0) return [];
  const { rows } = await sql<SearchHit>`
    select "id", "name", "detail" from (${sql.join(parts, sql` union all `)}) as found
    order by "rank", "index", lower("name"), "id"`.execute(db);
  return distinct(rows);
}

function byText(
  actor: Actor,
  { table, name, also = [], where }: SearchSource,
  { text, first, index }: { text: string; first: number; index: number },
): RawBuilder<unknown> {
  const within = containing(text);
  const texts = [name, ...also];
  const isFound = sql.join(
    texts.map((each) => sql`${each} ilike ${within}`),
    sql` or `,
  );
  const detail =
    also.length === 0
      ? sql`null::text`
      : sql`case when ${name} ilike ${within} then null ${sql.join(
          also.map((each) => sql`when ${each} ilike ${within} then ${each}`),
          sql` `,
        )} end`;
  return sql`(select "id", ${name} as "name", ${detail} as "detail", ${index}::int as "index",
      case when lower(${name}) = lower(${text}) then 0 when ${name} ilike ${within.slice(1)} then 1
        when ${name} ilike ${within} then 2 else 3 end as "rank"
    from ${sql.table(table)} where ${scopeOf(actor, table)} and ${where ?? sql`true`} and (${isFound})
    order by "rank", lower(${name}), "id" limit ${first})`;
}

function byId(actor: Actor, { table, name, where }: SearchSource, id: string): RawBuilder<unknown> {
  return sql`(select "id", ${name} as "name", null::text as "detail", 0 as "index", 0 as "rank"
    from ${sql.table(table)} where "id" = ${id} and ${where ?? sql`true`} and ${scopeOf(actor, table)})`;
}

/** Machines by the beginning of an address of theirs, and by a part of a MAC address. */
function byAddress(actor: Actor, text: string, first: number): RawBuilder<unknown>[] {
  if (!/^[\da-f.:-]{3,}$/i.test(text) || !mayRead(actor, 'Nic') || !mayRead(actor, 'VirtualMachine'))
    return [];
  const mac = text.toLowerCase().replaceAll('-', ':');
  const begin = `${text}%`;
  return [
    sql`(select machine."id", machine."name", nic."address" as "detail", 0 as "index",
        case when nic."address" = ${text} then 0 else 1 end as "rank"
      from (select "virtualMachineId",
          case when host("ipAddress") like ${begin} then host("ipAddress") else "macAddress" end as "address"
        from "Nic" where ${scopeOf(actor, 'Nic')}
          and (host("ipAddress") like ${begin} or "macAddress" like ${`%${mac}%`})
        order by "virtualMachineId" limit ${first}) as nic
      cross join lateral (select "id", "name" from "VirtualMachine"
        where "id" = nic."virtualMachineId" and ${scopeOf(actor, 'VirtualMachine')}) as machine)`,
  ];
}

/** What is found by its name and by its address is one thing. */
function distinct(hits: readonly SearchHit[]): SearchHit[] {
  const byId = new Map<string, SearchHit>();
  for (const hit of hits) if (!byId.has(hit.id)) byId.set(hit.id, hit);
  return [...byId.values()];
}
