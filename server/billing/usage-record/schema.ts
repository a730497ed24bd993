import type { Row } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { addListField } from '../../graphql/list-field.ts';

const UsageRecord = builder.objectRef<Row<'UsageRecord'>>('UsageRecord').implement({
  description: 'How long, or how much, one thing was used in one way within one period, by one owner.',
  interfaces: [Node],
  fields: (t) => ({
    usageType: t.exposeInt('usageType', {
      description:
        'CloudStack’s number: 1 running machine, 2 allocated machine, 4 and 5 network bytes sent and received, 6 volume, 7 template, 8 ISO, 21 to 24 disk reads and writes and their bytes, 25 machine snapshot, 27 its memory on primary storage.',
    }),
    accountId: t.exposeID('accountId', { description: 'The account that used it.' }),
    zoneId: t.exposeID('zoneId', { description: 'Where it was used.' }),
    resourceId: t.exposeID('resourceId', { description: 'The thing; it may be gone by now.' }),
    resourceName: t.exposeString('resourceName', { description: 'Its name at the time.' }),
    periodStartsAt: t.expose('periodStartsAt', {
      type: 'DateTime',
      description: 'Beginning of the period in which it counts.',
    }),
    correctsPeriod: t.expose('correctsPeriod', {
      type: 'DateTime',
      nullable: true,
      description:
        'Beginning of the earlier period that it corrects, about which something became known too late; null for what was used in its own.',
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'First moment of the use.' }),
    endedAt: t.expose('endedAt', {
      type: 'DateTime',
      description: 'Last moment of the use within the period. It may go on in the next.',
    }),
    quantity: t.field({
      type: 'Decimal',
      description:
        'Milliseconds of use, or what was counted: bytes, operations. Negative where a correction takes back.',
      resolve: ({ quantity }) => quantity.toString(),
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
    from: t.field({
      type: 'DateTime',
      required: false,
      description: 'Of periods that begin at this moment or later.',
    }),
    until: t.field({
      type: 'DateTime',
      required: false,
      description: 'Of periods that begin before this moment.',
    }),
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
    where: ({ usageType, resourceId, from, until }) => [
      ...(usageType == null ? [] : [sql<boolean>`"usageType" = ${usageType}`]),
      ...(resourceId == null ? [] : [sql<boolean>`"resourceId" = ${resourceId}`]),
      ...(from == null ? [] : [sql<boolean>`"periodStartsAt" >= ${from}`]),
      ...(until == null ? [] : [sql<boolean>`"periodStartsAt" < ${until}`]),
    ],
  },
});
