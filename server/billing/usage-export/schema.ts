import type {
  UsageExportFormat as Formats,
  UsageExportKind as Kinds,
  UsageExportState as States,
} from '@nephos/model/generated/enums.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { addListField } from '../../graphql/list-field.ts';
import type { ExportRow } from './usage-export-service.ts';

/** What a file is made of. */
export const UsageExportKind = builder.enumType('UsageExportKind', {
  description: 'What a file of usage is made of.',
  values: {
    RECORDS: { description: 'Usage records: what was used, how much, by whom.' },
    RATED_LINES: {
      description: 'Rated lines: what each record costs by each tariff, with the exact amount.',
    },
    FOCUS: {
      description:
        'Rated lines in the columns of the FinOps Open Cost and Usage Specification 1.2, each row checked against it, with the number of the statement or credit note that each is on. Of statements that were issued before the order, of months that begin within its time, discounts, taxes and what rounding brought are rows too: all rows of a number are in sum its total. What was paid for in advance, or paid back, within its time is on no statement, and a row, too. An account is the billing account, a zone is a region.',
    },
    STATEMENTS: {
      description:
        'Lines of the statements and credit notes that were issued before the order, of months that begin within its time.',
    },
  } satisfies Record<keyof typeof Kinds, { description: string }>,
});

/** How a file is written. */
export const UsageExportFormat = builder.enumType('UsageExportFormat', {
  description: 'How a file of usage is written.',
  values: {
    CSV: {
      description:
        'Comma-separated values as in RFC 4180, with a line of names. Text that a spreadsheet would take for a formula has an apostrophe before it.',
    },
    JSON_LINES: { description: 'One JSON object a line; decimals are text.' },
    PARQUET: { description: 'Apache Parquet, with decimals as DECIMAL and moments as UTC timestamps.' },
  } satisfies Record<keyof typeof Formats, { description: string }>,
});

const UsageExportState = builder.enumType('UsageExportState', {
  description: 'How far a file of usage is.',
  values: {
    QUEUED: { description: 'The usage daemon has not begun.' },
    RUNNING: { description: 'The usage daemon makes it.' },
    READY: { description: 'It can be fetched.' },
    FAILED: { description: 'It cannot be made; `problem` says why.' },
  } satisfies Record<keyof typeof States, { description: string }>,
});

/** A file of usage. */
export const UsageExport = builder.objectRef<ExportRow>('UsageExport').implement({
  description: 'A file of usage that you ordered. It holds what you saw then, and nobody else sees it.',
  interfaces: [Node],
  fields: (t) => ({
    kind: t.field({
      type: UsageExportKind,
      description: 'What it is made of.',
      resolve: ({ kind }) => kind,
    }),
    format: t.field({
      type: UsageExportFormat,
      description: 'How it is written.',
      resolve: ({ format }) => format,
    }),
    state: t.field({ type: UsageExportState, description: 'How far it is.', resolve: ({ state }) => state }),
    from: t.expose('coversFrom', {
      type: 'DateTime',
      description: 'It has periods that begin from here on.',
    }),
    until: t.expose('coversUntil', {
      type: 'DateTime',
      description:
        'It has periods that begin before: as asked for, or the end of the last period that was closed when it was ordered, if that is earlier.',
    }),
    accountId: t.exposeID('ofAccountId', {
      nullable: true,
      description: 'It has usage of this account alone.',
    }),
    zoneId: t.exposeID('ofZoneId', { nullable: true, description: 'It has usage in this zone alone.' }),
    usageType: t.exposeInt('ofUsageType', {
      nullable: true,
      description: 'It has usage of this type alone, by CloudStack’s number.',
    }),
    resourceId: t.exposeID('ofResourceId', {
      nullable: true,
      description: 'It has usage of this thing alone.',
    }),
    rowCount: t.field({
      type: 'Bytes',
      description: 'Rows that were written so far.',
      resolve: ({ rowCount }) => rowCount,
    }),
    totalRows: t.field({
      type: 'Bytes',
      nullable: true,
      description: 'Rows that it will have; null until it is begun.',
      resolve: ({ totalRows }) => totalRows,
    }),
    size: t.field({
      type: 'Bytes',
      description: 'Bytes that were written so far.',
      resolve: ({ sizeBytes }) => sizeBytes,
    }),
    sha256: t.exposeString('sha256', {
      nullable: true,
      description: 'SHA-256 of the file, in hexadecimal; null until it is ready.',
    }),
    focusSchemaId: t.exposeID('schemaId', {
      nullable: true,
      description:
        'Of FOCUS: the schema that its columns follow, which `/exports/focus-schema.json` describes on this server; null for other files, and until it is begun.',
    }),
    downloadPath: t.string({
      nullable: true,
      description:
        'Where to GET it on this server, with your session or API key; null until it is ready. It can be fetched in ranges.',
      resolve: ({ id, state }) => (state === 'READY' ? `/exports/${id}` : null),
    }),
    problem: t.exposeString('problem', { nullable: true, description: 'Why it cannot be made.' }),
    scheduleId: t.exposeID('scheduleId', {
      nullable: true,
      description: 'The schedule that ordered it; null for what you ordered yourself.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was ordered.' }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was ready, or given up.',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it is removed.' }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
  }),
});

const UsageExportFilter = builder.inputType('UsageExportFilter', {
  description: 'Which exports.',
  fields: (t) => ({
    kind: t.field({ type: [UsageExportKind], required: false, description: 'Made of one of these.' }),
    format: t.field({ type: [UsageExportFormat], required: false, description: 'Written in one of these.' }),
    state: t.field({ type: [UsageExportState], required: false, description: 'In one of these states.' }),
  }),
});

addListField({
  field: 'usageExports',
  type: 'UsageExport',
  plural: 'exports',
  node: UsageExport,
  table: 'UsageExport',
  permission: 'usageExport.list',
  searched: ['kind', 'format'],
  filter: {
    input: UsageExportFilter,
    where: ({ kind, format, state }) => [
      ...(kind == null ? [] : [sql<boolean>`"kind"::text = any(${kind})`]),
      ...(format == null ? [] : [sql<boolean>`"format"::text = any(${format})`]),
      ...(state == null ? [] : [sql<boolean>`"state"::text = any(${state})`]),
    ],
  },
});

const CreateUsageExportInput = builder.inputType('CreateUsageExportInput', {
  description: 'A file of usage to be made.',
  fields: (t) => ({
    kind: t.field({
      type: UsageExportKind,
      description: 'What it is made of; you must be allowed to list that.',
    }),
    format: t.field({ type: UsageExportFormat, description: 'How it is written.' }),
    from: t.field({ type: 'DateTime', description: 'Periods that begin from here on.' }),
    until: t.field({
      type: 'DateTime',
      description: 'Periods that begin before. Those that are not closed yet are left out.',
    }),
    accountId: t.id({ required: false, description: 'Usage of this account alone.' }),
    zoneId: t.id({ required: false, description: 'Usage in this zone alone.' }),
    usageType: t.int({ required: false, description: 'Usage of this type alone, by CloudStack’s number.' }),
    resourceId: t.id({ required: false, description: 'Usage of this thing alone; it may be gone by now.' }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const CreateUsageExportPayload = builder
  .objectRef<{ exportId: string }>('CreateUsageExportPayload')
  .implement({
    description: 'The file that was ordered.',
    fields: (t) => ({
      usageExport: t.field({
        type: UsageExport,
        description: 'As it is now.',
        resolve: ({ exportId }, _args, { load }) => load.get('UsageExport', parseId('UsageExport', exportId)),
      }),
    }),
  });

builder.mutationField('createUsageExport', (t) =>
  t.field({
    type: CreateUsageExportPayload,
    permission: 'usageExport.create',
    description:
      'Orders a file of the usage that you see. The usage daemon makes it; then `downloadPath` says where to fetch it, until `expiresAt`. The same order gives the same bytes, since closed periods never change. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, RESOURCE_LIMIT_EXCEEDED, IDEMPOTENCY_CONFLICT.',
    args: { input: t.arg({ type: CreateUsageExportInput, description: 'Of what, and how.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.usageExports.create(actor, {
        ...input,
        accountId: optionalId('Account', 'input.accountId', input.accountId),
        zoneId: optionalId('Zone', 'input.zoneId', input.zoneId),
      }),
  }),
);

const DeleteUsageExportInput = builder.inputType('DeleteUsageExportInput', {
  description: 'Which file.',
  fields: (t) => ({ id: t.id({ description: 'The export.' }) }),
});

const DeleteUsageExportPayload = builder
  .objectRef<{ exportId: string }>('DeleteUsageExportPayload')
  .implement({
    description: 'The export that was deleted.',
    fields: (t) => ({ exportId: t.exposeID('exportId', { description: 'Its id.' }) }),
  });

builder.mutationField('deleteUsageExport', (t) =>
  t.field({
    type: DeleteUsageExportPayload,
    permission: 'usageExport.delete',
    description: 'Removes a file; one that is being made is not made any more. Errors: NOT_FOUND, FORBIDDEN.',
    args: { input: t.arg({ type: DeleteUsageExportInput, description: 'Which file.' }) },
    resolve: async (_parent, { input }, { services, actor }) => {
      const exportId = idArgument('UsageExport', 'input.id', input.id);
      await services.usageExports.delete(actor, exportId);
      return { exportId };
    },
  }),
);
