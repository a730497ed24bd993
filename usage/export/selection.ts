import type { Row } from '@nephos/model/database.ts';
import { sql, type RawBuilder } from 'kysely';

/** Which rows a file has: of which periods, of whose usage, and of what. */
export type Selection = Pick<
  Row<'UsageExport'>,
  | 'createdAt'
  | 'coversFrom'
  | 'coversUntil'
  | 'seesAll'
  | 'branchId'
  | 'accountIds'
  | 'ofAccountId'
  | 'ofZoneId'
  | 'ofUsageType'
  | 'ofResourceId'
>;

/** Whether a column names an account that the user saw: of a branch of the domain tree, or one by its id. */
export function isSeen({ seesAll, branchId, accountIds }: Selection, accountId: RawBuilder<unknown>) {
  if (seesAll) return sql<boolean>`true`;
  const named = sql<boolean>`${accountId} = any(${accountIds}::text[])`;
  if (branchId === null) return named;
  return sql<boolean>`(${named} or ${accountId} in (select a."id" from "Account" a
    join "Domain" d on d."id" = a."domainId" where d."lineage" @> array[${branchId}]::text[]))`;
}

/**
 * The condition for one page of records, or of rated lines: those that are selected, after an id. Ids begin with the
 * time of their period, so the order of ids is that of periods, and the primary key has it.
 * @param table alias of the table in the statement
 */
export function selected(selection: Selection, table: string, after: string): RawBuilder<boolean> {
  const column = (name: string) => sql.ref(`${table}.${name}`);
  const { coversFrom, coversUntil, ofAccountId, ofZoneId, ofUsageType, ofResourceId } = selection;
  const conditions = [
    sql`${column('periodStartsAt')} >= ${coversFrom}`,
    sql`${column('periodStartsAt')} < ${coversUntil}`,
    sql`${column('id')} > ${after}`,
    isSeen(selection, column('accountId')),
    ...(ofAccountId === null ? [] : [sql`${column('accountId')} = ${ofAccountId}`]),
    ...(ofZoneId === null ? [] : [sql`${column('zoneId')} = ${ofZoneId}`]),
    ...(ofUsageType === null ? [] : [sql`${column('usageType')} = ${ofUsageType}`]),
    ...(ofResourceId === null ? [] : [sql`${column('resourceId')} = ${ofResourceId}`]),
  ];
  return sql<boolean>`${sql.join(conditions, sql` and `)}`;
}
