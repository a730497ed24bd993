import { sql, type RawBuilder } from 'kysely';

/**
 * A numeric setting in SQL, for each row: the value of the nearest thing that has one of its own, or else the one that
 * holds everywhere. Where nothing has its own it is that number alone.
 * @param own values of single things by their ids, as {@link Settings.ownValues} has them
 * @param columns ids of what a row lies in, nearest first
 */
export function nearestValue(
  value: number,
  own: ReadonlyMap<string, number> | undefined,
  columns: readonly RawBuilder<unknown>[],
): RawBuilder<number> {
  if (own === undefined || own.size === 0) return sql<number>`${value}::int`;
  const cases = [...own].map(([id, each]) => sql`when ${id} then ${each}::int`);
  const nearest = columns.map((column) => sql`case ${column} ${sql.join(cases, sql` `)} end`);
  return sql<number>`coalesce(${sql.join([...nearest, sql`${value}::int`])})`;
}
