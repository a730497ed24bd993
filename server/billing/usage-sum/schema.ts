import { builder } from '../../graphql/builder.ts';
import { optionalId } from '../../graphql/id-argument.ts';
import { Account } from '../../identity/account/schema.ts';
import { Zone } from '../../infrastructure/zone/schema.ts';
import type { UsageGrouping as UsageGroupings, UsageSum as UsageSumRow } from './usage-sum-service.ts';

const UsageGrouping = builder.enumType('UsageGrouping', {
  description: 'What usage is summed up by, beside its type.',
  values: {
    ACCOUNT: { description: 'By account.' },
    DAY: { description: 'By day, in the time zone of the setting `usage.aggregation.timezone`.' },
    RESOURCE: { description: 'By thing.' },
    TAG: { description: 'By the value of a tag, as it was when the thing was used.' },
    ZONE: { description: 'By zone.' },
  } satisfies Record<UsageGroupings, { description: string }>,
});

const UsageSum = builder.objectRef<UsageSumRow>('UsageSum').implement({
  description:
    'How much a group of uses of one type comes to, exactly. What was not asked to group by is null.',
  fields: (t) => ({
    usageType: t.exposeInt('usageType', { description: 'CloudStack’s number of what was used.' }),
    resourceId: t.exposeID('resourceId', {
      nullable: true,
      description: 'The thing; it may be gone by now.',
    }),
    resourceName: t.exposeString('resourceName', { nullable: true, description: 'Its name at the time.' }),
    day: t.exposeString('day', { nullable: true, description: 'The day: `2026-11-29`.' }),
    tagValue: t.exposeString('tagValue', {
      nullable: true,
      description: 'Value of the tag; null too for things without it.',
    }),
    zoneId: t.exposeID('zoneId', { nullable: true, description: 'The zone.' }),
    accountId: t.exposeID('accountId', { nullable: true, description: 'The account that used it.' }),
    account: t.field({
      type: Account,
      nullable: true,
      description: 'The account that used it; null when it is gone.',
      resolve: ({ accountId }, _args, { load }) =>
        accountId === null ? null : load.find('Account', accountId),
    }),
    zone: t.field({
      type: Zone,
      nullable: true,
      description: 'The zone; null when it is gone.',
      resolve: ({ zoneId }, _args, { load }) => (zoneId === null ? null : load.find('Zone', zoneId)),
    }),
    isRest: t.exposeBoolean('isRest', {
      description: 'Whether it is all that is left beside the `first` groups.',
    }),
    resourceCount: t.exposeInt('resourceCount', { description: 'How many things were used.' }),
    quantity: t.expose('quantity', {
      type: 'Decimal',
      description: 'Milliseconds of use, or what was counted: bytes, operations.',
    }),
    cpuQuantity: t.expose('cpuQuantity', {
      type: 'Decimal',
      nullable: true,
      description: 'Of machines: milliseconds, each times its processors.',
    }),
    memoryQuantity: t.expose('memoryQuantity', {
      type: 'Decimal',
      nullable: true,
      description: 'Of machines: milliseconds, each times its bytes of memory.',
    }),
    sizeQuantity: t.expose('sizeQuantity', {
      type: 'Decimal',
      nullable: true,
      description: 'Of disks, images and snapshots: milliseconds, each times its bytes of size.',
    }),
  }),
});

builder.queryField('usageSums', (t) =>
  t.field({
    type: [UsageSum],
    permission: 'usageRecord.list',
    description:
      'What was used within a time, summed up by type and by groups: of all that you may see. Corrections count where what they correct does. At most 10,000 groups. Errors: VALIDATION_FAILED, NOT_FOUND for an account or a zone that you may not see, QUERY_TOO_COMPLEX.',
    args: {
      from: t.arg({ type: 'DateTime', description: 'Beginning of the time.' }),
      until: t.arg({
        type: 'DateTime',
        description: 'End of the time, not part of it; at most 400 days later.',
      }),
      groupBy: t.arg({
        type: [UsageGrouping],
        defaultValue: [],
        description: 'What to group by; one sum for each type when left out.',
      }),
      tagKey: t.arg.string({ required: false, description: 'Key of the tag, to group by TAG.' }),
      accountId: t.arg.id({
        required: false,
        description: 'Only those of this account, or of this account of a project.',
      }),
      zoneId: t.arg.id({ required: false, description: 'Only those in this zone.' }),
      usageType: t.arg.int({
        required: false,
        description: 'Only those of this type, by CloudStack’s number.',
      }),
      first: t.arg.int({
        required: false,
        description:
          'Of each type so many groups, 1 to 500, those with the most over all days; all others are one, the rest.',
      }),
    },
    resolve: async (_parent, args, { services, actor, load }) => {
      const accountId = optionalId('Account', 'accountId', args.accountId);
      const zoneId = optionalId('Zone', 'zoneId', args.zoneId);
      if (accountId !== null && accountId !== actor.accountId) await load.get('Account', accountId);
      if (zoneId !== null) await load.get('Zone', zoneId);
      return services.usageSums.sums(actor, { ...args, accountId, zoneId });
    },
  }),
);

builder.queryField('usageTimeZone', (t) =>
  t.string({
    permission: 'usageRecord.list',
    description: 'IANA name of the time zone whose days and months usage is summed up by.',
    resolve: (_parent, _args, { services }) => services.usageSums.timeZone,
  }),
);
