import type { Row } from '@nephos/model/database.ts';
import type { AdjustmentKind as AdjustmentKinds } from '@nephos/model/generated/enums.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { addListField } from '../../graphql/list-field.ts';
import { Account } from '../../identity/account/schema.ts';
import { Domain } from '../../identity/domain/schema.ts';

const AdjustmentKind = builder.enumType('PriceAdjustmentKind', {
  description: 'What is done to a month’s costs.',
  values: {
    DISCOUNT: { description: 'A percentage of what uses cost is let off.' },
    TAX: { description: 'A percentage of what is left comes on top.' },
  } satisfies Record<keyof typeof AdjustmentKinds, { description: string }>,
});

const monthDescription = 'A billing month: `2026-11`.';

const PriceAdjustment = builder.objectRef<Row<'PriceAdjustment'>>('PriceAdjustment').implement({
  description: 'A discount or a tax: a percentage of what uses cost in whole months.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, unique.' }),
    description: t.exposeString('description', { description: 'What it is for.' }),
    kind: t.field({ type: AdjustmentKind, description: 'What is done.', resolve: ({ kind }) => kind }),
    label: t.exposeString('label', {
      description:
        'What statements call it. Of those of one kind with the same label the most specific applies; those of different labels add up.',
    }),
    percent: t.field({
      type: 'Decimal',
      description: 'How much, in percent.',
      resolve: ({ percent }) => percent.replace(/\.?0+$/, ''),
    }),
    usageTypes: t.exposeIntList('usageTypes', {
      description: 'Only of what these usage types cost, by CloudStack’s numbers; empty: of all.',
    }),
    account: t.field({
      type: Account,
      nullable: true,
      description: 'The only account it is for; null: for all, or you may not see it.',
      resolve: ({ accountId }, _args, { load }) =>
        accountId === null ? null : load.find('Account', accountId),
    }),
    domain: t.field({
      type: Domain,
      nullable: true,
      description: 'The domain that it is for, with those below; null: all, or you may not see it.',
      resolve: ({ domainId }, _args, { load }) => (domainId === null ? null : load.find('Domain', domainId)),
    }),
    validFrom: t.exposeString('validFrom', { description: `The first month. ${monthDescription}` }),
    validUntil: t.exposeString('validUntil', {
      nullable: true,
      description: `The month in which it is over; null: it goes on. ${monthDescription}`,
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

const PriceAdjustmentFilter = builder.inputType('PriceAdjustmentFilter', {
  description: 'Which discounts and taxes.',
  fields: (t) => ({
    kind: t.field({ type: AdjustmentKind, required: false, description: 'Of this kind.' }),
    validIn: t.string({ required: false, description: `Those that are valid in it. ${monthDescription}` }),
  }),
});

addListField({
  field: 'priceAdjustments',
  type: 'PriceAdjustment',
  plural: 'discounts and taxes',
  node: PriceAdjustment,
  table: 'PriceAdjustment',
  permission: 'priceAdjustment.list',
  searched: ['name', 'description', 'label'],
  orders: { NAME: { column: 'name', description: 'By name.' } },
  filter: {
    input: PriceAdjustmentFilter,
    where: ({ kind, validIn }) => [
      ...(kind == null ? [] : [sql<boolean>`"kind" = ${kind}`]),
      ...(validIn == null
        ? []
        : [sql<boolean>`("validFrom" <= ${validIn} and coalesce("validUntil" > ${validIn}, true))`]),
    ],
  },
});

const PriceAdjustmentPayload = builder
  .objectRef<{ adjustmentId: string }>('PriceAdjustmentPayload')
  .implement({
    description: 'The discount or tax.',
    fields: (t) => ({
      priceAdjustment: t.field({
        type: PriceAdjustment,
        description: 'As it is now.',
        resolve: ({ adjustmentId }, _args, { load }) =>
          load.get('PriceAdjustment', parseId('PriceAdjustment', adjustmentId)),
      }),
    }),
  });

const CreatePriceAdjustmentInput = builder.inputType('CreatePriceAdjustmentInput', {
  description: 'A new discount or tax.',
  fields: (t) => ({
    name: t.string({ description: 'Its name, unique.' }),
    description: t.string({ required: false, description: 'What it is for.' }),
    kind: t.field({ type: AdjustmentKind, description: 'What is done.' }),
    label: t.string({
      description:
        'What statements call it. Of those of one kind with the same label the most specific applies; those of different labels add up. A tax of 0 percent for one account exempts it.',
    }),
    percent: t.field({
      type: 'Decimal',
      description:
        'How much, in percent, with up to 4 places: up to 100 for a discount, up to 1000 for a tax.',
    }),
    usageTypes: t.intList({
      required: false,
      description: 'Only of what these usage types cost, by CloudStack’s numbers; of all when left out.',
    }),
    accountId: t.id({ required: false, description: 'For this account alone.' }),
    domainId: t.id({ required: false, description: 'For this domain and those below.' }),
    validFrom: t.string({
      required: false,
      description: `The first month, from the current one on, which it is when left out. ${monthDescription}`,
    }),
    validUntil: t.string({
      required: false,
      description: `The month in which it is over; it goes on when left out. ${monthDescription}`,
    }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('createPriceAdjustment', (t) =>
  t.field({
    type: PriceAdjustmentPayload,
    permission: 'priceAdjustment.create',
    description:
      'Makes a discount or a tax. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, IDEMPOTENCY_CONFLICT.',
    args: { input: t.arg({ type: CreatePriceAdjustmentInput, description: 'The discount or tax.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.adjustments.create(actor, {
        ...input,
        accountId: optionalId('Account', 'input.accountId', input.accountId),
        domainId: optionalId('Domain', 'input.domainId', input.domainId),
      }),
  }),
);

const UpdatePriceAdjustmentInput = builder.inputType('UpdatePriceAdjustmentInput', {
  description: 'What may change of a discount or a tax. What is left out stays as it is.',
  fields: (t) => ({
    id: t.id({ description: 'Which.' }),
    name: t.string({ required: false, description: 'Its name, unique.' }),
    description: t.string({ required: false, description: 'What it is for.' }),
    validUntil: t.string({
      required: false,
      description: `The month in which it is over, from the current one on; null: it goes on. ${monthDescription}`,
    }),
    expectedVersion: t.int({ required: false, description: 'The version that you saw.' }),
  }),
});

builder.mutationField('updatePriceAdjustment', (t) =>
  t.field({
    type: PriceAdjustmentPayload,
    permission: 'priceAdjustment.update',
    description:
      'Renames or ends a discount or a tax. Its percentage never changes: end it, and make another one. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, INVALID_STATE when it is over, VERSION_CONFLICT.',
    args: { input: t.arg({ type: UpdatePriceAdjustmentInput, description: 'Which, and what changes.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.adjustments.update(actor, {
        ...input,
        id: idArgument('PriceAdjustment', 'input.id', input.id),
      }),
  }),
);
