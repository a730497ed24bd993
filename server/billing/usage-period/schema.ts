import type { Row } from '@nephos/model/database.ts';
import type { UsageCheck as UsageChecks, UsageFinding as Finding } from '@nephos/model/shapes/usage.ts';
import { builder, Node } from '../../graphql/builder.ts';
import { addListField } from '../../graphql/list-field.ts';

const UsageCheck = builder.enumType('UsageCheck', {
  description: 'A rule that the uses of a period must keep.',
  values: {
    LONGER_THAN_PERIOD: { description: 'A thing is used in one way no longer than the period lasts.' },
    OVERLAP: { description: 'A thing is used in one way once at a time.' },
    RUNNING_UNALLOCATED: { description: 'What runs is allocated.' },
    USED_AFTER_REMOVAL: { description: 'Nothing is used after it was removed.' },
    BEGAN_TWICE: { description: 'What begins did not go on already.' },
    NEVER_BEGAN: { description: 'What ends, or goes on in another shape, began.' },
    TOO_LATE: {
      description:
        'What happened is told while usage events of its time are kept (`usage.event.retention.months`). What is told later is not summed up.',
    },
  } satisfies Record<UsageChecks, { description: string }>,
});

const UsageFindingExample = builder.objectRef<Finding['examples'][number]>('UsageFindingExample').implement({
  description: 'One use that broke a rule.',
  fields: (t) => ({
    usageType: t.exposeInt('usageType', { description: 'CloudStack’s number of the usage type.' }),
    resourceId: t.exposeID('resourceId', { description: 'The thing; it may be gone by now.' }),
    at: t.field({
      type: 'DateTime',
      description: 'When the use began within the period.',
      resolve: ({ at }) => new Date(at),
    }),
  }),
});

const UsageFinding = builder.objectRef<Finding>('UsageFinding').implement({
  description:
    'A rule that uses of a period broke. Unless it says otherwise, they were summed up all the same.',
  fields: (t) => ({
    check: t.field({ type: UsageCheck, description: 'The rule.', resolve: ({ check }) => check }),
    count: t.exposeInt('count', { description: 'How many times it was broken.' }),
    examples: t.field({
      type: [UsageFindingExample],
      description: 'A few of them, the earliest first.',
      resolve: ({ examples }) => examples,
    }),
  }),
});

const UsagePeriod = builder.objectRef<Row<'UsagePeriod'>>('UsagePeriod').implement({
  description: 'A stretch of time whose usage was summed up, once and for all.',
  interfaces: [Node],
  fields: (t) => ({
    startsAt: t.expose('startsAt', { type: 'DateTime', description: 'From when on.' }),
    endsAt: t.expose('endsAt', { type: 'DateTime', description: 'Until when; the next begins here.' }),
    timeZone: t.exposeString('timeZone', {
      description: 'IANA name of the time zone whose days and hours it follows.',
    }),
    closedAt: t.expose('closedAt', { type: 'DateTime', description: 'When it was summed up.' }),
    eventCount: t.exposeInt('eventCount', { description: 'Usage events of this time.' }),
    lateEventCount: t.exposeInt('lateEventCount', {
      description: 'Usage events of earlier periods that came too late for them.',
    }),
    recordCount: t.exposeInt('recordCount', { description: 'Usage records that were written.' }),
    correctionCount: t.exposeInt('correctionCount', {
      description: 'Of these, the ones that correct earlier periods.',
    }),
    findings: t.field({
      type: [UsageFinding],
      description: 'What the sanity checks found; empty where all is well.',
      resolve: ({ findings }) => findings,
    }),
  }),
});

addListField({
  field: 'usagePeriods',
  type: 'UsagePeriod',
  plural: 'usage periods',
  node: UsagePeriod,
  table: 'UsagePeriod',
  permission: 'usagePeriod.list',
  searched: ['timeZone'],
});
