import type { Database } from '@nephos/model/database.ts';
import type { ObjectRef } from '@pothos/core';
import { sql, type RawBuilder } from 'kysely';
import { partsOfScope, scopeOf, type GuardedTable, type Part } from '../identity/access/visibility.ts';
import type { Actor } from '../platform/actor.ts';
import { invalid } from '../platform/errors.ts';
import { builder, type SchemaTypes } from './builder.ts';

/**
 * A condition that no index answers. The planner, which cannot know how much it lets through, shall expect half: then
 * it reads in the order of the list and stops at the end of the page, instead of reading and sorting everything.
 */
export function unindexed(condition: RawBuilder<boolean>): RawBuilder<boolean> {
  return sql<boolean>`case when ${condition} then true else false end`;
}

/** Where a page begins and how long it is. */
export interface PageArgs {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

export interface ListOrder {
  /** Column without nulls; ties are broken by id. */
  column: string;
  direction: 'ASC' | 'DESC';
}

export interface ListQuery {
  actor: Actor;
  table: GuardedTable;
  page: PageArgs;
  order: ListOrder;
  /** Conditions beside what the actor may see. */
  where: RawBuilder<boolean>[];
}

interface Listed {
  id: string;
}

export interface Page<Item extends Listed> {
  edges: { cursor: string; node: Item }[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  count(): Promise<{ count: number; isEstimate: boolean }>;
  /** Place of the first row of this page in the whole list, from 1; null where that is not known. */
  position?(): Promise<number | null>;
}

const defaultPage = 50;
const largestPage = 500;
/** Lists are counted exactly up to here. */
const countedExactly = 10_000;

type Position = [value: string | number | null, id: string];

/** A place in a list: the value it is ordered by, and the id. */
export function encodeCursor(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** @throws PlatformError VALIDATION_FAILED for text that is no cursor */
export function decodeCursor(path: string, cursor: string): Position {
  try {
    const position = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown;
    if (Array.isArray(position) && position.length === 2 && typeof position[1] === 'string')
      return position as Position;
  } catch {
    // Refused below, as any other text that is no cursor.
  }
  throw invalid(path, cursor, 'must be a cursor of this list');
}

/** @throws PlatformError VALIDATION_FAILED for a length that no page has */
export function sizeOf({ first, last }: PageArgs): { size: number; isBackward: boolean } {
  if (first != null && last != null) throw invalid('last', last, 'must not be given together with first');
  const [path, size] = last != null ? ['last', last] : ['first', first ?? defaultPage];
  if (size < 1 || size > largestPage) throw invalid(path, size, `must be from 1 to ${largestPage}`);
  return { size: size, isBackward: last != null };
}

/**
 * One page of a table, by key: page 1,000 costs what page 1 costs. One statement, and one more if the total is
 * asked for.
 */
export async function listPage<Item extends Listed>(db: Database, query: ListQuery): Promise<Page<Item>> {
  const { actor, table, page, order } = query;
  const { size, isBackward } = sizeOf(page);
  const where = [scopeOf(actor, table), ...query.where];
  const isDescending = (order.direction === 'DESC') !== isBackward;
  const columns = order.column === 'id' ? sql`"id"` : sql`${sql.ref(order.column)}, "id"`;
  const direction = isDescending ? sql`desc` : sql`asc`;
  const orderBy =
    order.column === 'id'
      ? sql`"id" ${direction}`
      : sql`${sql.ref(order.column)} ${direction}, "id" ${direction}`;
  const beyond = (path: string, cursor: string, operator: '<' | '>') => {
    const [value, id] = decodeCursor(path, cursor);
    const place = order.column === 'id' ? sql`${id}` : sql`${value}, ${id}`;
    return sql<boolean>`(${columns}) ${sql.raw(operator)} (${place})`;
  };
  const isAscendingList = order.direction === 'ASC';
  const bounds = [
    ...(page.after == null ? [] : [beyond('after', page.after, isAscendingList ? '>' : '<')]),
    ...(page.before == null ? [] : [beyond('before', page.before, isAscendingList ? '<' : '>')]),
  ];
  const parts = order.column === 'id' ? partsOfScope(actor, table) : undefined;
  const statement =
    parts === undefined
      ? sql`select * from ${sql.table(table)} where ${sql.join([...where, ...bounds], sql` and `)}
          order by ${orderBy} limit ${size + 1}`
      : mergedParts(parts, { table, where: [...query.where, ...bounds], direction, limit: size + 1 });
  const { rows } = await (statement as RawBuilder<Item & Record<string, unknown>>).execute(db);
  const isMore = rows.length > size;
  const items = rows.slice(0, size);
  if (isBackward) items.reverse();
  const valueOf = (item: Record<string, unknown>) => {
    const value = order.column === 'id' ? null : item[order.column];
    return value instanceof Date
      ? value.toISOString()
      : typeof value === 'bigint'
        ? value.toString()
        : (value as string | number | null);
  };
  let counted: ReturnType<typeof countRows> | undefined;
  const [firstItem] = items;
  const isFirstPage = !isBackward && page.after == null;
  const positionOf = async (item: Item & Record<string, unknown>) => {
    const start = encodeCursor([valueOf(item), item.id]);
    const before = beyond('startCursor', start, isAscendingList ? '<' : '>');
    const count = await countUpTo(db, table, [...where, before]);
    return count > countedExactly ? null : count + 1;
  };
  return {
    edges: items.map((node) => ({ cursor: encodeCursor([valueOf(node), node.id]), node })),
    hasNextPage: isBackward ? page.before != null : isMore,
    hasPreviousPage: isBackward ? isMore : page.after != null,
    // Asked for twice at most, by two fields of one connection.
    count: () => (counted ??= countRows(db, table, where)),
    position: async () => (firstItem === undefined ? null : isFirstPage ? 1 : positionOf(firstItem)),
  };
}

/**
 * A page in the order of ids of rows that lie in several parts: the beginning of each, merged. Each is read from its
 * own index, because no other has this order: to the planner the index of all ids looks as good, and is not when what
 * an actor may see is old, new or rare.
 */
function mergedParts(
  parts: readonly Part[],
  {
    table,
    where,
    direction,
    limit,
  }: { table: GuardedTable; where: RawBuilder<boolean>[]; direction: RawBuilder<unknown>; limit: number },
): RawBuilder<unknown> {
  const pages = parts.map(({ column, keys, except }) => {
    // Not `column = key`: then the order by the column would count for nothing.
    const conditions = [
      sql`${column} between part."key" and part."key"`,
      ...where,
      ...(except === undefined ? [] : [sql`(${except}) is not true`]),
    ];
    return sql`select page.* from unnest(${keys}::text[]) as part("key") cross join lateral (
      select * from ${sql.table(table)} where ${sql.join(conditions, sql` and `)}
      order by ${column} ${direction}, "id" ${direction} limit ${limit}) as page`;
  });
  return sql`select * from (${sql.join(pages, sql` union all `)}) as merged order by "id" ${direction} limit ${limit}`;
}

/** How many there are, or one more than are counted exactly. */
async function countUpTo(db: Database, table: GuardedTable, where: RawBuilder<boolean>[]): Promise<number> {
  const { rows } = await sql<{ count: bigint }>`
    select count(*) from (select 1 from ${sql.table(table)} where ${sql.join(where, sql` and `)}
      limit ${countedExactly + 1}) as listed`.execute(db);
  return Number(rows[0]?.count ?? 0n);
}

async function countRows(
  db: Database,
  table: GuardedTable,
  where: RawBuilder<boolean>[],
): Promise<{ count: number; isEstimate: boolean }> {
  const condition = sql.join(where, sql` and `);
  const counted = await countUpTo(db, table, where);
  if (counted <= countedExactly) return { count: counted, isEstimate: false };
  const plan = await sql<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>`
    explain (format json) select 1 from ${sql.table(table)} where ${condition}`.execute(db);
  return {
    count: Math.max(counted, plan.rows[0]?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0),
    isEstimate: true,
  };
}

const PageInfo = builder.objectRef<Page<Listed>>('PageInfo').implement({
  description: 'Whether there is more before and after a page.',
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', { description: 'There is something after this page.' }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', {
      description: 'There is something before this page.',
    }),
    startCursor: t.field({
      type: 'Cursor',
      nullable: true,
      description: 'Cursor of the first edge: give it as `before` for the page before this one.',
      resolve: ({ edges }) => edges[0]?.cursor ?? null,
    }),
    endCursor: t.field({
      type: 'Cursor',
      nullable: true,
      description: 'Cursor of the last edge: give it as `after` for the next page.',
      resolve: ({ edges }) => edges.at(-1)?.cursor ?? null,
    }),
  }),
});

/** Direction of a list. */
export const OrderDirection = builder.enumType('OrderDirection', {
  description: 'Direction of a list.',
  values: {
    ASC: { description: 'Smallest, oldest, or first in the alphabet first.' },
    DESC: { description: 'Largest, newest, or last in the alphabet first.' },
  } as const,
});

/** Arguments by which every list is paged; made anew for each field, as Pothos wants it. */
export const pageArgs = () =>
  builder.args((t) => ({
    first: t.int({
      required: false,
      description: `Length of the page, from its beginning: 1 to ${largestPage}; ${defaultPage} when left out.`,
    }),
    after: t.field({ type: 'Cursor', required: false, description: 'Begin after this cursor.' }),
    last: t.int({ required: false, description: `Length of the page, from its end: 1 to ${largestPage}.` }),
    before: t.field({ type: 'Cursor', required: false, description: 'End before this cursor.' }),
  }));

/** The connection type of a list, with its edge type. */
export function connectionOf<Item extends Listed>(
  name: string,
  node: ObjectRef<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>, Item>,
) {
  const Edge = builder.objectRef<{ cursor: string; node: Item }>(`${name}Edge`).implement({
    description: `A ${name} in a list, and its place there.`,
    fields: (t) => ({
      cursor: t.field({
        type: 'Cursor',
        description: 'Its place in the list.',
        resolve: ({ cursor }) => cursor,
      }),
      node: t.field({ type: node, description: 'The thing itself.', resolve: (edge) => edge.node as never }),
    }),
  });
  return builder.objectRef<Page<Item>>(`${name}Connection`).implement({
    description: `A page of a list of ${name}.`,
    fields: (t) => ({
      edges: t.field({
        type: [Edge],
        description: 'The things of this page with their cursors.',
        resolve: ({ edges }) => edges,
      }),
      nodes: t.field({
        type: [node],
        description: 'The things of this page.',
        resolve: ({ edges }) => edges.map((edge) => edge.node) as never,
      }),
      pageInfo: t.field({ type: PageInfo, description: 'Whether there is more.', resolve: (page) => page }),
      totalCount: t.int({
        description: `How many there are in the whole list: exact up to ${countedExactly}, beyond that as \`isTotalEstimated\` says.`,
        resolve: async (page) => (await page.count()).count,
      }),
      isTotalEstimated: t.boolean({
        description: 'Whether `totalCount` is the database’s estimate.',
        resolve: async (page) => (await page.count()).isEstimate,
      }),
      startPosition: t.int({
        nullable: true,
        description: `Place of the first thing of this page in the whole list, from 1; null for an empty page, and farther than ${countedExactly} from the beginning.`,
        resolve: async (page) => (await page.position?.()) ?? null,
      }),
    }),
  });
}
