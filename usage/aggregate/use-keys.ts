import { sql, type RawBuilder } from 'kysely';

/**
 * A number for a thing in a zone, to sort and group by in place of sixty letters. Together with a usage type it stands for
 * a use. Two of a hundred thousand things share one in one of a billion periods.
 */
export const thingOf = (table: string): RawBuilder<bigint> =>
  sql<bigint>`hashtextextended(${sql.ref(`${table}.resourceId`)}, hashtextextended(${sql.ref(`${table}.zoneId`)}, 0))`;

/** A number for an owner, a place and attributes, to group by. */
export const shapeOf = (table: string, attributes = sql.ref(`${table}.attributes`)): RawBuilder<bigint> =>
  sql<bigint>`nephos_usage_shape(${sql.ref(`${table}.accountId`)}, ${sql.ref(`${table}.domainId`)}, ${sql.ref(`${table}.zoneId`)}, ${attributes})`;

/** What an event says of its use, without how much of it was counted. */
export const lastingAttributes = sql`case when event."attributes" ? 'quantity' then event."attributes" - 'quantity' else event."attributes" end`;
