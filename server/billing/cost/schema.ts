import { builder } from '../../graphql/builder.ts';
import { optionalId } from '../../graphql/id-argument.ts';
import type { Cost as CostRow, CostGrouping as CostGroupings } from './cost-service.ts';

const CostGrouping = builder.enumType('CostGrouping', {
  description: 'What costs are summed up by.',
  values: {
    ACCOUNT: { description: 'By account.' },
    DAY: { description: 'By day, in the time zone of the setting `usage.aggregation.timezone`.' },
    RESOURCE: { description: 'By thing.' },
    TAG: { description: 'By the value of a tag, as it was when the thing was used.' },
    TYPE: { description: 'By usage type.' },
    ZONE: { description: 'By zone.' },
  } satisfies Record<CostGroupings, { description: string }>,
});

const Cost = builder.objectRef<CostRow>('Cost').implement({
  description: 'What a group of uses costs. What was not asked to group by is null.',
  fields: (t) => ({
    usageType: t.exposeInt('usageType', {
      nullable: true,
      description: 'CloudStack’s number of what was used.',
    }),
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
    currency: t.exposeString('currency', {
      description: 'By ISO 4217. Each currency has its own sum.',
    }),
    amount: t.expose('amount', {
      type: 'Decimal',
      description: 'The sum, exact until it was rounded to the places of its currency.',
    }),
  }),
});

builder.queryField('costs', (t) =>
  t.field({
    type: [Cost],
    permission: 'ratedLine.list',
    description:
      'What was used within a time and rated, summed up by groups: of all that you may see. At most 10,000 groups. Errors: VALIDATION_FAILED, NOT_FOUND for an account that you may not see, QUERY_TOO_COMPLEX.',
    args: {
      from: t.arg({ type: 'DateTime', description: 'Beginning of the time.' }),
      until: t.arg({
        type: 'DateTime',
        description: 'End of the time, not part of it; at most 400 days later.',
      }),
      groupBy: t.arg({
        type: [CostGrouping],
        defaultValue: [],
        description: 'What to group by; one sum for each currency when left out.',
      }),
      tagKey: t.arg.string({ required: false, description: 'Key of the tag, to group by TAG.' }),
      accountId: t.arg.id({
        required: false,
        description: 'Only those of this account, or of this account of a project.',
      }),
      resourceIds: t.arg.idList({
        required: false,
        description: 'Only those of these things, at most 100: a machine and its disks.',
      }),
    },
    resolve: async (_parent, args, { services, actor, load }) => {
      const accountId = optionalId('Account', 'accountId', args.accountId);
      if (accountId !== null && accountId !== actor.accountId) await load.get('Account', accountId);
      return services.costs.costs(actor, { ...args, accountId });
    },
  }),
);
