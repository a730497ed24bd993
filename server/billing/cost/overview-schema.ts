import { parseId } from '@nephos/model/kernel/ids.ts';
import { noMoney, type Money } from '@nephos/usage/rate/money.ts';
import { builder } from '../../graphql/builder.ts';
import { optionalId } from '../../graphql/id-argument.ts';
import type { RequestContext } from '../../graphql/context.ts';
import type { CostDivision as CostDivisions, CostShare } from './cost-shares.ts';
import type { CostOverview, CurrencyCosts } from './overview-service.ts';
import { shownMoney } from './shown-money.ts';

const CurrencyCostsRef = builder.objectRef<CurrencyCosts>('CurrencyCosts').implement({
  description: 'What is spent in one currency, rounded to four places more than it is paid in.',
  fields: (t) => ({
    currency: t.exposeString('currency', { description: 'By ISO 4217.' }),
    amount: t.field({
      type: 'Decimal',
      description: 'What was spent in the month, up to `asOf`: rated, and used since the last period ended.',
      resolve: ({ amount, currency }) => shownMoney(amount, currency),
    }),
    perHour: t.field({
      type: 'Decimal',
      description:
        'What goes on costs so much for an hour: what was spent now is `amount` and this times the hours since `asOf`.',
      resolve: ({ perHour, currency }) => shownMoney(perHour, currency),
    }),
    forecast: t.field({
      type: 'Decimal',
      description:
        'What will have been spent at the end of the month, if what goes on now goes on, weekdays differ as they did in the weeks before, and traffic and requests come as in the last seven days.',
      resolve: ({ forecast, currency }) => shownMoney(forecast, currency),
    }),
    lastMonth: t.field({
      type: 'Decimal',
      description: 'What was spent in the whole month before.',
      resolve: ({ lastMonth, currency }) => shownMoney(lastMonth, currency),
    }),
  }),
});

const CostOverviewRef = builder.objectRef<CostOverview>('CostOverview').implement({
  description: 'What this month costs.',
  fields: (t) => ({
    month: t.string({
      description: 'The billing month: `2026-11`, by the clocks of `usage.aggregation.timezone`.',
      resolve: ({ month }) => month.name,
    }),
    startsAt: t.field({
      type: 'DateTime',
      description: 'Its beginning.',
      resolve: ({ month }) => month.startsAt,
    }),
    endsAt: t.field({ type: 'DateTime', description: 'Its end.', resolve: ({ month }) => month.endsAt }),
    timeZone: t.exposeString('timeZone', { description: 'The time zone by whose days costs are counted.' }),
    at: t.expose('at', {
      type: 'DateTime',
      description: 'When this was answered, by the server’s clock: clocks of clients may be wrong.',
    }),
    asOf: t.expose('asOf', {
      type: 'DateTime',
      nullable: true,
      description: 'Up to when costs are known; null while nothing was ever rated.',
    }),
    currencies: t.field({
      type: [CurrencyCostsRef],
      description: 'By currency; none where nothing cost anything.',
      resolve: ({ currencies }) => currencies,
    }),
  }),
});

builder.queryField('costOverview', (t) =>
  t.field({
    type: CostOverviewRef,
    permission: 'ratedLine.list',
    description:
      'What you may see of this month’s costs: so far, for an hour, at its end, and the month before. Errors: NOT_FOUND for an account that you may not see.',
    args: {
      accountId: t.arg.id({
        required: false,
        description: 'Only those of this account, or of this account of a project.',
      }),
    },
    resolve: async (_parent, args, context) =>
      context.services.costOverviews.overview(context.actor, await seenAccount(context, args.accountId)),
  }),
);

const CostDivision = builder.enumType('CostDivision', {
  description: 'What costs are divided by.',
  values: {
    ACCOUNT: { description: 'By account; projects have one of their own.' },
    RESOURCE: { description: 'By thing. What was used since the last period ended is not known yet.' },
    TAG: {
      description:
        'By the value of a tag, as it was when the thing was used. What was used since the last period ended is not known yet.',
    },
    TYPE: { description: 'By usage type.' },
    ZONE: { description: 'By zone.' },
  } satisfies Record<CostDivisions, { description: string }>,
});

const CostShareDay = builder
  .objectRef<{ day: string; amount: Money; currency: string }>('CostShareDay')
  .implement({
    description: 'What a day cost.',
    fields: (t) => ({
      day: t.exposeString('day', { description: 'The day: `2026-11-29`.' }),
      amount: t.field({
        type: 'Decimal',
        description: 'What it cost, as far as it is rated.',
        resolve: ({ amount, currency }) => shownMoney(amount, currency),
      }),
    }),
  });

const CostShareRef = builder.objectRef<CostShare>('CostShare').implement({
  description: 'What one of many costs in a month, in one currency.',
  fields: (t) => ({
    key: t.exposeString('key', {
      nullable: true,
      description:
        'Id of the account, the zone or the thing, number of the usage type, or value of the tag; null for things without the tag, and for the rest.',
    }),
    name: t.string({
      nullable: true,
      description:
        'Its name; null where it has none, or you may not see it. Of a thing, as it was called at the time.',
      resolve: (share, _args, context) => nameOf(share, context),
    }),
    isRest: t.exposeBoolean('isRest', { description: 'Whether it is all that is not among the first.' }),
    currency: t.exposeString('currency', { description: 'By ISO 4217.' }),
    amount: t.field({
      type: 'Decimal',
      description: 'What it cost in the month, so far.',
      resolve: ({ amount, currency }) => shownMoney(amount, currency),
    }),
    perHour: t.field({
      type: 'Decimal',
      description: 'What goes on of it costs so much for an hour; 0 for things and tags.',
      resolve: ({ perHour, currency }) => shownMoney(perHour, currency),
    }),
    lastMonth: t.field({
      type: 'Decimal',
      description: 'What it cost in the whole month before.',
      resolve: ({ lastMonth, currency }) => shownMoney(lastMonth, currency),
    }),
    days: t.field({
      type: [CostShareDay],
      description: 'What the days of the month cost that are rated, the first first.',
      resolve: ({ days, currency }) =>
        [...days.keys()].sort().map((day) => ({ day, currency, amount: days.get(day) ?? noMoney })),
    }),
  }),
});

builder.queryField('costShares', (t) =>
  t.field({
    type: [CostShareRef],
    permission: 'ratedLine.list',
    description:
      'What a month’s costs are made of: what you may see of them, by currency, the most expensive first. Errors: VALIDATION_FAILED, NOT_FOUND for an account that you may not see.',
    args: {
      by: t.arg({ type: CostDivision, description: 'What they are divided by.' }),
      month: t.arg.string({
        required: false,
        description: 'The billing month: `2026-11`; this one when left out.',
      }),
      tagKey: t.arg.string({ required: false, description: 'Key of the tag, to divide by TAG.' }),
      accountId: t.arg.id({
        required: false,
        description: 'Only those of this account, or of this account of a project.',
      }),
      usageType: t.arg.int({ required: false, description: 'Only those of this usage type.' }),
      zoneId: t.arg.id({ required: false, description: 'Only those in this zone.' }),
      first: t.arg.int({
        defaultValue: 50,
        description: 'How many are named, at most 200; the others are one.',
      }),
    },
    resolve: async (_parent, args, context) =>
      context.services.costOverviews.shares(context.actor, {
        ...args,
        accountId: await seenAccount(context, args.accountId),
        zoneId: optionalId('Zone', 'zoneId', args.zoneId),
      }),
  }),
);

async function seenAccount({ actor, load }: RequestContext, given: string | null | undefined) {
  const accountId = optionalId('Account', 'accountId', given);
  if (accountId !== null && accountId !== actor.accountId) await load.get('Account', accountId);
  return accountId;
}

async function nameOf(
  { by, key, resourceName }: CostShare,
  { load }: RequestContext,
): Promise<string | null> {
  if (key === null) return null;
  switch (by) {
    case 'ACCOUNT':
      return (await load.find('Account', parseId('Account', key)))?.name ?? null;
    case 'ZONE':
      return (await load.find('Zone', parseId('Zone', key)))?.name ?? null;
    case 'RESOURCE':
      return resourceName;
    case 'TAG':
    case 'TYPE':
      return key;
  }
}
