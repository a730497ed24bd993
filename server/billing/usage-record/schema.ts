import type { Row } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { addListField } from '../../graphql/list-field.ts';

const UsageRecord = builder.objectRef<Row<'UsageRecord'>>('UsageRecord').implement({
  description: 'One thing used in one way from one moment to another.',
  interfaces: [Node],
  fields: (t) => ({
    usageType: t.exposeInt('usageType', {
      description:
        'CloudStack’s number: 1 running machine, 2 allocated machine, 6 volume, 7 template, 8 ISO, 25 machine snapshot, 27 its memory on primary storage.',
    }),
    resourceId: t.exposeID('resourceId', { description: 'The thing; it may be gone by now.' }),
    resourceName: t.exposeString('resourceName', { description: 'Its name at the time.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'From when on.' }),
    endedAt: t.expose('endedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when; null while it goes on.',
    }),
    size: t.field({
      type: 'Bytes',
      nullable: true,
      description: 'Its size, for disks and images.',
      resolve: ({ attributes }) => (attributes.sizeBytes === undefined ? null : BigInt(attributes.sizeBytes)),
    }),
    cpuCount: t.int({
      nullable: true,
      description: 'Its processors, for machines.',
      resolve: ({ attributes }) => attributes.cpuCount ?? null,
    }),
    memory: t.field({
      type: 'Bytes',
      nullable: true,
      description: 'Its memory, for machines.',
      resolve: ({ attributes }) =>
        attributes.memoryBytes === undefined ? null : BigInt(attributes.memoryBytes),
    }),
  }),
});

const UsageRecordFilter = builder.inputType('UsageRecordFilter', {
  description: 'Which records.',
  fields: (t) => ({
    usageType: t.int({ required: false, description: 'Of this type.' }),
    resourceId: t.id({ required: false, description: 'Of this thing.' }),
  }),
});

addListField({
  field: 'usageRecords',
  type: 'UsageRecord',
  plural: 'usage records',
  node: UsageRecord,
  table: 'UsageRecord',
  permission: 'usageRecord.list',
  searched: ['resourceName', 'resourceId'],
  filter: {
    input: UsageRecordFilter,
    where: ({ usageType, resourceId }) => [
      ...(usageType == null ? [] : [sql<boolean>`"usageType" = ${usageType}`]),
      ...(resourceId == null ? [] : [sql<boolean>`"resourceId" = ${resourceId}`]),
    ],
  },
});
