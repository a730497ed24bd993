import type { Row } from '@nephos/model/database.ts';
import type { InputObjectRef, ObjectRef } from '@pothos/core';
import { sql, type RawBuilder } from 'kysely';
import type { Permission } from '../identity/access/permissions.ts';
import type { GuardedTable } from '../identity/access/visibility.ts';
import type { Actor } from '../platform/actor.ts';
import { builder, type SchemaTypes } from './builder.ts';
import { connectionOf, listPage, OrderDirection, pageArgs, unindexed } from './connection.ts';
import { optionalId } from './id-argument.ts';

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
  filter?: {
    input: InputObjectRef<Types, Filter>;
    where(filter: Filter, actor: Actor): RawBuilder<boolean>[];
  };
  /** Holds for the whole list. */
  always?: RawBuilder<boolean>;
}

/** Tables of things that an account owns, and so can be listed for one account alone. */
const ownedTables: ReadonlySet<GuardedTable> = new Set<
  { [Table in GuardedTable]: 'accountId' extends keyof Row<Table> ? Table : never }[GuardedTable]
>([
  'AffinityGroup',
  'AuditEvent',
  'Balance',
  'Budget',
  'Image',
  'Job',
  'LedgerEntry',
  'Nic',
  'Notice',
  'PrepaidTerm',
  'RatedLine',
  'SshKeyPair',
  'Statement',
  'UsageRecord',
  'User',
  'VirtualMachine',
  'VirtualMachineSchedule',
  'VirtualMachineSnapshot',
  'Volume',
]);

/** `%` and `_` in what a person typed mean themselves. */
export function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}

/** A list of a table: paged by key, ordered, filtered and searched, all in one statement. */
export function addListField<Table extends GuardedTable, Filter = never>(
  options: ListFieldOptions<Table, Filter>,
): void {
  const { field, type, plural, node, table, permission, searched, filter, always } = options;
  const isOwned = ownedTables.has(table);
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
      description: `The ${plural} that you may see.${isOwned ? ' Errors: NOT_FOUND for an account that you may not see.' : ''}`,
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
        ...(isOwned && {
          accountId: t.arg.id({
            required: false,
            description: 'Only those of this account, or of this account of a project.',
          }),
        }),
        ...(filter && {
          filter: t.arg({
            type: filter.input as never,
            required: false,
            description: 'Only those that match all of it.',
          }),
        }),
      },
      resolve: async (_parent, args, { platform, actor, load }) => {
        const order = args.orderBy as { field: string; direction: 'ASC' | 'DESC' } | null | undefined;
        const column = orders.get(order?.field ?? 'CREATED_AT')?.column ?? 'id';
        const given = (args as { filter?: Filter | null }).filter;
        const text = args.search;
        const accountId = optionalId(
          'Account',
          'accountId',
          (args as { accountId?: string | null }).accountId,
        );
        if (accountId !== null && accountId !== actor.accountId) await load.get('Account', accountId);
        const where = [
          ...(always === undefined ? [] : [always]),
          ...(accountId === null ? [] : [sql<boolean>`"accountId" = ${accountId}`]),
          ...(given == null || filter === undefined ? [] : filter.where(given, actor)),
          ...(text == null || text === ''
            ? []
            : [
                unindexed(
                  sql<boolean>`(${sql.join(
                    [
                      sql`"id" = ${text}`,
                      ...searched.map((name) => sql`${sql.ref(name)}::text ilike ${containing(text)}`),
                    ],
                    sql` or `,
                  )})`,
                ),
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
