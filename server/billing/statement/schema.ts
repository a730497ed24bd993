import type { Row } from '@nephos/model/database.ts';
import type { StatementKind as StatementKinds } from '@nephos/model/generated/enums.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { addListField } from '../../graphql/list-field.ts';
import { describe, StatementLine, StatementPartiesType } from './content-schema.ts';
import { documentPath } from './document/document-path.ts';
import { documentArguments } from './document-arguments.ts';
import { readCreditNotes, readLinesByStatement } from './store.ts';

const StatementKind = builder.enumType('StatementKind', {
  description: 'What a statement is.',
  values: {
    STATEMENT: { description: 'What an account owes for a month.' },
    CREDIT_NOTE: { description: 'Corrects a statement by what became known of its month later.' },
  } satisfies Record<keyof typeof StatementKinds, { description: string }>,
});

/** A statement, or a credit note. */
const Statement = builder.objectRef<Row<'Statement'>>('Statement');
Statement.implement({
  description:
    'What an account owes for a month, or how an earlier statement is corrected. It never changes, and keeps all that it shows.',
  interfaces: [Node],
  fields: (t) => ({
    kind: t.field({ type: StatementKind, description: 'What it is.', resolve: ({ kind }) => kind }),
    number: t.exposeString('number', {
      description: 'Its number, without gaps in a year: `2026-000123`, of a credit note `CN-2026-000123`.',
    }),
    accountId: t.exposeID('accountId', { description: 'The account that owes it.' }),
    month: t.exposeString('month', { description: describe.month }),
    currency: t.exposeString('currency', { description: describe.currency }),
    startsAt: t.expose('startsAt', { type: 'DateTime', description: describe.startsAt }),
    endsAt: t.expose('endsAt', { type: 'DateTime', description: describe.endsAt }),
    timeZone: t.exposeString('timeZone', { description: 'The time zone whose month it is.' }),
    parties: t.field({
      type: StatementPartiesType,
      description: 'Who sends it, and to whom.',
      resolve: ({ parties }) => parties,
    }),
    usage: t.expose('usage', { type: 'Decimal', description: describe.usage }),
    discount: t.expose('discount', { type: 'Decimal', description: describe.discount }),
    tax: t.expose('tax', { type: 'Decimal', description: describe.tax }),
    total: t.expose('total', { type: 'Decimal', description: describe.total }),
    lines: t.field({
      type: [StatementLine],
      description: 'What was used, by type, price and zone; then discounts, then taxes.',
      resolve: async ({ id }, _args, { load }) =>
        (await load.partsOf('statementLines', id, readLinesByStatement)) ?? [],
    }),
    corrects: t.field({
      type: Statement,
      nullable: true,
      description: 'The statement that a credit note corrects; null for a statement.',
      resolve: ({ correctsId }, _args, { load }) =>
        correctsId === null ? null : load.find('Statement', correctsId),
    }),
    creditNotes: t.field({
      type: [Statement],
      description: 'What corrects it, the oldest first.',
      resolve: async ({ id }, _args, { load }) =>
        (await load.partsOf('creditNotes', id, readCreditNotes)) ?? [],
    }),
    documentPath: t.string({
      description:
        'Where to GET it on this server, with your session or API key. The bytes are always the same.',
      args: documentArguments,
      resolve: ({ id }, { format, language }) => documentPath(id, format, language),
    }),
    version: t.exposeInt('version', { description: 'Always 1.' }),
    issuedAt: t.expose('issuedAt', { type: 'DateTime', description: 'When it was issued.' }),
  }),
});

builder.queryField('statement', (t) =>
  t.field({
    type: Statement,
    nullable: true,
    permission: 'statement.list',
    description: 'One statement or credit note; null when there is none or you may not see it.',
    args: { id: t.arg.id({ description: 'Its id.' }) },
    resolve: (_parent, { id }, { load }) => load.find('Statement', idArgument('Statement', 'id', id)),
  }),
);

const StatementFilter = builder.inputType('StatementFilter', {
  description: 'Which statements.',
  fields: (t) => ({
    month: t.string({ required: false, description: 'Of this billing month: `2026-11`.' }),
    kind: t.field({ type: StatementKind, required: false, description: 'Of this kind.' }),
    currency: t.string({ required: false, description: 'In this currency, by ISO 4217.' }),
  }),
});

addListField({
  field: 'statements',
  type: 'Statement',
  plural: 'statements and credit notes',
  node: Statement,
  table: 'Statement',
  permission: 'statement.list',
  orders: { MONTH: { column: 'month', description: 'By billing month.' } },
  searched: ['number'],
  filter: {
    input: StatementFilter,
    where: ({ month, kind, currency }) => [
      ...(month == null ? [] : [sql<boolean>`"month" = ${month}`]),
      ...(kind == null ? [] : [sql<boolean>`"kind" = ${kind}`]),
      ...(currency == null ? [] : [sql<boolean>`"currency" = ${currency}`]),
    ],
  },
});
