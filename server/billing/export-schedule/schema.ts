import type {
  UsageExportDestination as Destinations,
  UsageExportRange as Ranges,
} from '@nephos/model/generated/enums.ts';
import { builder, Node } from '../../graphql/builder.ts';
import { addListField } from '../../graphql/list-field.ts';
import { UsageExportFormat, UsageExportKind } from '../usage-export/schema.ts';
import type { ScheduleRow } from './order-run.ts';

/** Which days a scheduled file covers. */
export const UsageExportRange = builder.enumType('UsageExportRange', {
  description:
    'What a scheduled file covers, seen from the moment at which it is due, in the time zone of the setting `usage.aggregation.timezone`.',
  values: {
    PREVIOUS_DAY: { description: 'The day before.' },
    PREVIOUS_MONTH: { description: 'The month before.' },
  } satisfies Record<keyof typeof Ranges, { description: string }>,
});

const UsageExportDestination = builder.enumType('UsageExportDestination', {
  description: 'What kind of place files are sent to.',
  values: {
    FOLDER: { description: 'A folder on the usage daemon’s machine.' },
    S3: { description: 'A bucket of an object storage that speaks S3.' },
    WEBHOOK: { description: 'A program that is called.' },
  } satisfies Record<keyof typeof Destinations, { description: string }>,
});

/** What a webhook gets. */
export const UsageExportWebhookContent = builder.enumType('UsageExportWebhookContent', {
  description: 'What a program gets that is called.',
  values: {
    FILE: { description: 'The file itself.' },
    LINK: { description: 'A message in JSON that says where to fetch the file, with an API key.' },
  },
});

const UsageExportTarget = builder
  .objectRef<Pick<ScheduleRow, 'destination' | 'target'>>('UsageExportTarget')
  .implement({
    description: 'Where the files of a schedule go, without secrets. What does not apply is null.',
    fields: (t) => ({
      destination: t.field({
        type: UsageExportDestination,
        description: 'What kind of place it is.',
        resolve: ({ destination }) => destination,
      }),
      folder: t.string({
        nullable: true,
        description: 'The folder, below the one that the usage daemon’s configuration names.',
        resolve: ({ target }) => ('folder' in target ? target.folder : null),
      }),
      endpoint: t.string({
        nullable: true,
        description: 'Address of the object storage.',
        resolve: ({ target }) => ('endpoint' in target ? target.endpoint : null),
      }),
      region: t.string({
        nullable: true,
        description: 'Region of the object storage, as its signatures name it.',
        resolve: ({ target }) => ('endpoint' in target ? target.region : null),
      }),
      bucket: t.string({
        nullable: true,
        description: 'The bucket.',
        resolve: ({ target }) => ('endpoint' in target ? target.bucket : null),
      }),
      prefix: t.string({
        nullable: true,
        description: 'What names of objects begin with.',
        resolve: ({ target }) => ('endpoint' in target ? target.prefix : null),
      }),
      accessKeyId: t.string({
        nullable: true,
        description: 'Which of the object storage’s keys signs.',
        resolve: ({ target }) => ('endpoint' in target ? target.accessKeyId : null),
      }),
      isPathStyle: t.boolean({
        nullable: true,
        description: 'Whether the bucket stands in the path, and not in the host name.',
        resolve: ({ target }) => ('endpoint' in target ? target.isPathStyle : null),
      }),
      url: t.string({
        nullable: true,
        description: 'Address of the program that is called.',
        resolve: ({ target }) => ('url' in target ? target.url : null),
      }),
      sends: t.field({
        type: UsageExportWebhookContent,
        nullable: true,
        description: 'What that program gets.',
        resolve: ({ target }) => ('url' in target ? target.sends : null),
      }),
    }),
  });

/** A schedule of files. */
export const UsageExportSchedule = builder.objectRef<ScheduleRow>('UsageExportSchedule').implement({
  description:
    'Files of usage that are made and sent again and again, of what its user sees at the time. Nobody else sees it.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What it is called.' }),
    kind: t.field({
      type: UsageExportKind,
      description: 'What files are made of.',
      resolve: ({ kind }) => kind,
    }),
    format: t.field({
      type: UsageExportFormat,
      description: 'How they are written.',
      resolve: ({ format }) => format,
    }),
    range: t.field({
      type: UsageExportRange,
      description: 'What they cover.',
      resolve: ({ range }) => range,
    }),
    accountId: t.exposeID('ofAccountId', {
      nullable: true,
      description: 'They have usage of this account alone.',
    }),
    zoneId: t.exposeID('ofZoneId', { nullable: true, description: 'They have usage in this zone alone.' }),
    usageType: t.exposeInt('ofUsageType', {
      nullable: true,
      description: 'They have usage of this type alone, by CloudStack’s number.',
    }),
    cron: t.exposeString('cron', {
      description: 'When: minute, hour, day of the month, month, day of the week.',
    }),
    timeZone: t.exposeString('timeZone', { description: 'The time zone whose clock that goes by.' }),
    isEnabled: t.exposeBoolean('isEnabled', { description: 'Whether any are made.' }),
    target: t.field({
      type: UsageExportTarget,
      description: 'Where they go.',
      resolve: (schedule) => schedule,
    }),
    nextRunAt: t.expose('nextRunAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'When the next is due; null when it is disabled. A moment that is over waits for periods that are not closed yet.',
    }),
    problem: t.exposeString('problem', {
      nullable: true,
      description: 'Why there was no file the last time; null when there was one.',
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

addListField({
  field: 'usageExportSchedules',
  type: 'UsageExportSchedule',
  plural: 'export schedules',
  node: UsageExportSchedule,
  table: 'UsageExportSchedule',
  permission: 'usageExportSchedule.list',
  orders: { NAME: { column: 'name', description: 'By name.' } },
  searched: ['name', 'kind', 'destination'],
});
