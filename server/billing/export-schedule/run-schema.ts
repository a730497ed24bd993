import type { Row } from '@nephos/model/database.ts';
import type { UsageExportRunState as States } from '@nephos/model/generated/enums.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { addListField } from '../../graphql/list-field.ts';
import { UsageExport } from '../usage-export/schema.ts';

const UsageExportRunState = builder.enumType('UsageExportRunState', {
  description: 'How far one file of a schedule is.',
  values: {
    MAKING: { description: 'It is being made.' },
    SENDING: { description: 'It is being sent, or will be tried again.' },
    SENT: { description: 'It has arrived, once and whole.' },
    FAILED: { description: 'It was given up; `problem` says why.' },
  } satisfies Record<keyof typeof States, { description: string }>,
});

/** One file of a schedule. */
export const UsageExportRun = builder.objectRef<Row<'UsageExportRun'>>('UsageExportRun').implement({
  description: 'One file of a schedule, on its way.',
  interfaces: [Node],
  fields: (t) => ({
    scheduleId: t.exposeID('scheduleId', { description: 'The schedule.' }),
    usageExport: t.field({
      type: UsageExport,
      nullable: true,
      description: 'The file; null when it expired or was deleted.',
      resolve: ({ exportId }, _args, { load }) =>
        exportId === null ? null : load.find('UsageExport', exportId),
    }),
    state: t.field({
      type: UsageExportRunState,
      description: 'How far it is.',
      resolve: ({ state }) => state,
    }),
    dueAt: t.expose('dueAt', {
      type: 'DateTime',
      description: 'The moment that it is for, or at which somebody asked for it.',
    }),
    from: t.expose('coversFrom', {
      type: 'DateTime',
      description: 'It has periods that begin from here on.',
    }),
    until: t.expose('coversUntil', { type: 'DateTime', description: 'It has periods that begin before.' }),
    attempt: t.exposeInt('attempt', { description: 'How often sending it was begun.' }),
    nextAttemptAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it is tried next; null when it is finished.',
      resolve: ({ nextAttemptAt, finishedAt }) => (finishedAt === null ? nextAttemptAt : null),
    }),
    sent: t.field({
      type: 'Bytes',
      description: 'Bytes that have arrived so far.',
      resolve: ({ sentBytes }) => sentBytes,
    }),
    size: t.field({
      type: 'Bytes',
      description: 'Bytes of the file; 0 until it is made.',
      resolve: ({ sizeBytes }) => sizeBytes,
    }),
    rowCount: t.field({
      type: 'Bytes',
      description: 'Rows of the file; 0 until it is made.',
      resolve: ({ rowCount }) => rowCount,
    }),
    sha256: t.exposeString('sha256', {
      nullable: true,
      description: 'SHA-256 of the file, in hexadecimal; null until it is made.',
    }),
    location: t.exposeString('location', {
      nullable: true,
      description: 'Where it was sent, with its name there; null until it has arrived.',
    }),
    problem: t.exposeString('problem', {
      nullable: true,
      description: 'Why it has not arrived yet, or was given up.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was ordered.' }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it had arrived, or was given up.',
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
  }),
});

const UsageExportRunFilter = builder.inputType('UsageExportRunFilter', {
  description: 'Which runs.',
  fields: (t) => ({
    scheduleId: t.id({ required: false, description: 'Of this schedule.' }),
    state: t.field({ type: [UsageExportRunState], required: false, description: 'In one of these states.' }),
  }),
});

addListField({
  field: 'usageExportRuns',
  type: 'UsageExportRun',
  plural: 'export runs',
  node: UsageExportRun,
  table: 'UsageExportRun',
  permission: 'usageExportSchedule.list',
  searched: ['state'],
  filter: {
    input: UsageExportRunFilter,
    where: ({ scheduleId, state }) => [
      ...(scheduleId == null
        ? []
        : [
            sql<boolean>`"scheduleId" = ${idArgument('UsageExportSchedule', 'filter.scheduleId', scheduleId)}`,
          ]),
      ...(state == null ? [] : [sql<boolean>`"state"::text = any(${state})`]),
    ],
  },
});
