import { parseId } from '@nephos/model/kernel/ids.ts';
import { builder } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { priceFrom, PriceInputType, tariffFields } from './input-schema.ts';
import { Tariff } from './schema.ts';

const TariffPayload = builder.objectRef<{ tariffId: string }>('TariffPayload').implement({
  description: 'The tariff.',
  fields: (t) => ({
    tariff: t.field({
      type: Tariff,
      description: 'As it is now.',
      resolve: ({ tariffId }, _args, { load }) => load.get('Tariff', parseId('Tariff', tariffId)),
    }),
  }),
});

const CreateTariffInput = builder.inputType('CreateTariffInput', {
  description: 'A new tariff. It applies to uses that match all that is given.',
  fields: (t) => ({
    name: t.string({ description: 'Its name, unique.' }),
    description: t.string({ required: false, description: 'What it is for.' }),
    ...tariffFields(t),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('createTariff', (t) =>
  t.field({
    type: TariffPayload,
    permission: 'tariff.create',
    description:
      'Gives uses a price. Errors: VALIDATION_FAILED (a condition that is none is told with line and column), NOT_FOUND, FORBIDDEN, IDEMPOTENCY_CONFLICT.',
    args: { input: t.arg({ type: CreateTariffInput, description: 'The tariff.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.tariffs.create(actor, {
        ...input,
        accountId: optionalId('Account', 'input.accountId', input.accountId),
        domainId: optionalId('Domain', 'input.domainId', input.domainId),
        zoneId: optionalId('Zone', 'input.zoneId', input.zoneId),
        price: priceFrom(input.price),
      }),
  }),
);

const AddTariffVersionInput = builder.inputType('AddTariffVersionInput', {
  description: 'Another price of a tariff.',
  fields: (t) => ({
    tariffId: t.id({ description: 'The tariff.' }),
    price: t.field({ type: PriceInputType, description: 'The price, from a future moment on.' }),
    expectedVersion: t.int({ required: false, description: 'The version of the tariff that you saw.' }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('addTariffVersion', (t) =>
  t.field({
    type: TariffPayload,
    permission: 'tariff.update',
    description:
      'Changes what uses cost, from a future hour on; what was used before keeps its price. Included amounts and tiers are counted anew with each version. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, INVALID_STATE for a tariff that has ended, VERSION_CONFLICT, IDEMPOTENCY_CONFLICT.',
    args: { input: t.arg({ type: AddTariffVersionInput, description: 'The tariff and the price.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.tariffs.addVersion(actor, {
        ...input,
        tariffId: idArgument('Tariff', 'input.tariffId', input.tariffId),
        price: priceFrom(input.price),
      }),
  }),
);

const UpdateTariffInput = builder.inputType('UpdateTariffInput', {
  description: 'What may change of a tariff. What is left out stays as it is.',
  fields: (t) => ({
    id: t.id({ description: 'The tariff.' }),
    name: t.string({ required: false, description: 'Its name, unique.' }),
    description: t.string({ required: false, description: 'What it is for.' }),
    endsAt: t.field({
      type: 'DateTime',
      required: false,
      description: 'A whole hour to come, from which on nothing is rated with it; null: it goes on.',
    }),
    expectedVersion: t.int({ required: false, description: 'The version that you saw.' }),
  }),
});

builder.mutationField('updateTariff', (t) =>
  t.field({
    type: TariffPayload,
    permission: 'tariff.update',
    description:
      'Renames a tariff, or moves its end. Prices never change: see addTariffVersion. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, INVALID_STATE when it has ended, VERSION_CONFLICT.',
    args: { input: t.arg({ type: UpdateTariffInput, description: 'Which, and what changes.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.tariffs.update(actor, { ...input, id: idArgument('Tariff', 'input.id', input.id) }),
  }),
);

const RemoveTariffInput = builder.inputType('RemoveTariffInput', {
  description: 'Which tariff, and when.',
  fields: (t) => ({
    id: t.id({ description: 'The tariff.' }),
    endsAt: t.field({
      type: 'DateTime',
      required: false,
      description: 'A whole hour to come; the next one when left out.',
    }),
    expectedVersion: t.int({ required: false, description: 'The version that you saw.' }),
  }),
});

builder.mutationField('removeTariff', (t) =>
  t.field({
    type: TariffPayload,
    permission: 'tariff.remove',
    description:
      'Ends a tariff: nothing that is used later is rated with it, and what was rated stays rated. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, INVALID_STATE when it has ended, VERSION_CONFLICT.',
    args: { input: t.arg({ type: RemoveTariffInput, description: 'Which tariff, and when.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.tariffs.remove(actor, { ...input, id: idArgument('Tariff', 'input.id', input.id) }),
  }),
);
