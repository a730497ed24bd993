import type { Row } from '@nephos/model/database.ts';
import { roundMoney } from '@nephos/usage/rate/money.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { addListField } from '../../graphql/list-field.ts';
import { Tariff } from '../tariff/schema.ts';

/** Places after the point of an amount that is shown, not paid. */
const shownPlaces = 6;

const RatedLine = builder.objectRef<Row<'RatedLine'>>('RatedLine').implement({
  description: 'What one usage record costs by one tariff.',
  interfaces: [Node],
  fields: (t) => ({
    recordId: t.exposeID('recordId', { description: 'The usage record.' }),
    accountId: t.exposeID('accountId', { description: 'The account that used it.' }),
    zoneId: t.exposeID('zoneId', { description: 'Where it was used.' }),
    usageType: t.exposeInt('usageType', { description: 'CloudStack’s number of what was used.' }),
    resourceId: t.exposeID('resourceId', { description: 'The thing; it may be gone by now.' }),
    resourceName: t.exposeString('resourceName', { description: 'Its name at the time.' }),
    usedAt: t.expose('usedAt', {
      type: 'DateTime',
      description: 'Beginning of the period in which it was used. A correction names an earlier one.',
    }),
    month: t.exposeString('month', { description: 'The billing month that it counts in: `2026-11`.' }),
    tariff: t.field({
      type: Tariff,
      nullable: true,
      description: 'The tariff; null when you may not see it any more.',
      resolve: ({ tariffId }, _args, { load }) => load.find('Tariff', tariffId),
    }),
    tariffVersionId: t.exposeID('tariffVersionId', { description: 'The version of the tariff.' }),
    currency: t.exposeString('currency', { description: 'By ISO 4217.' }),
    quantity: t.field({
      type: 'Decimal',
      description: `How many of the tariff’s units, rounded to ${shownPlaces} places. Negative where a correction takes back.`,
      resolve: ({ baseAmount, unitSize }) => shown(BigInt(baseAmount) * priceScale, unitSize),
    }),
    amount: t.field({
      type: 'Decimal',
      description: `What it costs, rounded to ${shownPlaces} places. Sums are made of exact amounts, not of these.`,
      resolve: ({ amount, unitSize }) => shown(BigInt(amount), unitSize),
    }),
  }),
});

/** Amounts count 10^-12. */
const priceScale = 10n ** 12n;

const shown = (numerator: bigint, unitSize: string) =>
  roundMoney({ numerator, denominator: BigInt(unitSize) }, shownPlaces);

const RatedLineFilter = builder.inputType('RatedLineFilter', {
  description: 'Which lines.',
  fields: (t) => ({
    month: t.string({ required: false, description: 'Of this billing month: `2026-11`.' }),
    usageType: t.int({ required: false, description: 'Of this usage type.' }),
    resourceId: t.id({ required: false, description: 'Of this thing.' }),
    tariffId: t.id({ required: false, description: 'By this tariff.' }),
  }),
});

addListField({
  field: 'ratedLines',
  type: 'RatedLine',
  plural: 'rated lines',
  node: RatedLine,
  table: 'RatedLine',
  permission: 'ratedLine.list',
  searched: ['resourceName', 'resourceId'],
  filter: {
    input: RatedLineFilter,
    where: ({ month, usageType, resourceId, tariffId }) => [
      ...(month == null ? [] : [sql<boolean>`"month" = ${month}`]),
      ...(usageType == null ? [] : [sql<boolean>`"usageType" = ${usageType}`]),
      ...(resourceId == null ? [] : [sql<boolean>`"resourceId" = ${resourceId}`]),
      ...(tariffId == null
        ? []
        : [sql<boolean>`"tariffId" = ${idArgument('Tariff', 'filter.tariffId', tariffId)}`]),
    ],
  },
});
