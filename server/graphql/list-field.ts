import type { Row } from '@nephos/model/database.ts';
import type { InputObjectRef, ObjectRef } from '@pothos/core';
import { sql, type RawBuilder } from 'kysely';
import type { Permission } from '../identity/access/permissions.ts';
import type { GuardedTable } from '../identity/access/visibility.ts';
import { builder, type SchemaTypes } from './builder.ts';
import { connectionOf, listPage, OrderDirection, pageArgs } from './connection.ts';

type Types = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>;

export interface ListFieldOptions<Table extends GuardedTable, Filter> {
  /** Name of the query field: `virtualMachines`. */
  field: string;
  /** Name of the type: `VirtualMachine`. */
  type: string;
  /** For people: `virtual machines`. */
  plural: string;
  node: ObjectRef<Types, Row<Table>>;
  table: Table;
  permission: Permission;
  /** Columns, without nulls, that the list can be ordered by beside creation; with what that means. */
  orders?: Record<string, { column: string; description: string }>;
  /** Text columns that `search` looks into. */
  searched: readonly string[];
  filter?: { input: InputObjectRef<Types, Filter>; where(filter: Filter): RawBuilder<boolean>[] };
  /** Holds for the whole list. */
  always?: RawBuilder<boolean>;
}

/** `%` and `_` in what a person typed mean themselves. */
function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}

/** A list of a table: paged by key, ordered, filtered and searched, all in one statement. */
export function addListField<Table extends GuardedTable, Filter = never>(
  options: ListFieldOptions<Table, Filter>,
): void {
  const { field, type, plural, node, table, permission, searched, filter, always } = options;
  const orders = new Map(
    Object.entries({ CREATED_AT: { column: 'id', description: 'By creation.' }, ...options.orders }),
  );
  const Connection = connectionOf(type, node as never);
  const OrderField = builder.enumType(`${type}OrderField`, {
    description: `What a list of ${plural} can be ordered by.`,
    values: Object.fromEntries([...orders].map(([name, { description }]) => [name, { description }])),
  });
  const Order = builder.inputType(`${type}Order`, {
    description: `Order of a list of ${plural}.`,
    fields: (t) => ({
      field: t.field({ type: OrderField, description: 'What to order by.' }),
      direction: t.field({ type: OrderDirection, defaultValue: 'ASC', description: 'Which way.' }),
    }),
  });
  builder.queryField(field, (t) =>
    t.field({
      type: Connection,
      permission,
      description: `The ${plural} that you may see.`,
      args: {
        ...pageArgs(),
        search: t.arg.string({
          required: false,
          description: `Only those with this text in: id, ${searched.join(', ')}.`,
        }),
        orderBy: t.arg({
          type: Order,
          required: false,
          description: 'By creation, oldest first, when left out.',
        }),
        ...(filter && {
          filter: t.arg({
            type: filter.input as never,
            required: false,
            description: 'Only those that match all of it.',
          }),
        }),
      },
      resolve: (_parent, args, { platform, actor }) => {
        const order = args.orderBy as { field: string; direction: 'ASC' | 'DESC' } | null | undefined;
        const column = orders.get(order?.field ?? 'CREATED_AT')?.column ?? 'id';
        const given = (args as { filter?: Filter | null }).filter;
        const text = args.search;
        const where = [
          ...(always === undefined ? [] : [always]),
          ...(given == null || filter === undefined ? [] : filter.where(given)),
          ...(text == null || text === ''
            ? []
            : [
                sql<boolean>`(${sql.join(
                  [
                    sql`"id" = ${text}`,
                    ...searched.map((name) => sql`${sql.ref(name)}::text ilike ${containing(text)}`),
                  ],
                  sql` or `,
                )})`,
              ]),
        ];
        return listPage(platform.db, {
          actor,
          table,
          page: args,
          order: { column, direction: order?.direction ?? 'ASC' },
          where,
        });
      },
    }),
  );
}
