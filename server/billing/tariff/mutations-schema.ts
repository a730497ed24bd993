import { parseId } from '@nephos/model/kernel/ids.ts';
import { builder } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import type { PriceInput } from './price-input.ts';
import { Tariff, TariffUnit } from './schema.ts';

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

const PriceTierInput = builder.inputType('PriceTierInput', {
  description: 'A price up to an amount in a month.',
  fields: (t) => ({
    upTo: t.field({
      type: 'Bytes',
      required: false,
      description:
        'Whole units in a month up to which it holds, counted from where the included ones end. Left out in the last tier, and there alone.',
    }),
    price: t.field({
      type: 'Decimal',
      description: 'For one unit, in the tariff’s currency: up to 12 digits after the point.',
    }),
  }),
});

const PriceInputType = builder.inputType('TariffPriceInput', {
  description: 'A price, from a moment on.',
  fields: (t) => ({
    unit: t.field({
      type: TariffUnit,
      description: 'What the prices are given for; it must fit the usage type.',
    }),
    tiers: t.field({
      type: [PriceTierInput],
      description: 'From the first to the last, 1 to 20. One tier is a price that is always the same.',
    }),
    included: t.field({
      type: 'Bytes',
      required: false,
      description: 'Whole units that each account has free in a month; none when left out.',
    }),
    validFrom: t.field({
      type: 'DateTime',
      required: false,
      description:
        'A whole hour. Of a new tariff from the current hour on, which it is when left out; of a new version from the next one on.',
    }),
  }),
});

type GivenPrice = typeof PriceInputType.$inferInput;

const priceFrom = ({ included, ...price }: GivenPrice): PriceInput => ({ ...price, includedUnits: included });

const CreateTariffInput = builder.inputType('CreateTariffInput', {
  description: 'A new tariff. It applies to uses that match all that is given.',
  fields: (t) => ({
    name: t.string({ description: 'Its name, unique.' }),
    description: t.string({ required: false, description: 'What it is for.' }),
    usageType: t.int({
      description: 'CloudStack’s number: 1 running machine, 2 allocated machine, 6 volume, 7 template …',
    }),
    charge: t.string({
      required: false,
      description:
        'What is charged for: `use` when left out. Of tariffs of one usage type with the same charge the most specific applies; those of different charges, say a licence beside the use, add up.',
    }),
    currency: t.string({ description: 'By ISO 4217: `CNY`, `EUR`.' }),
    accountId: t.id({ required: false, description: 'For this account alone.' }),
    domainId: t.id({ required: false, description: 'For this domain and those below.' }),
    zoneId: t.id({ required: false, description: 'For this zone alone.' }),
    offeringId: t.id({
      required: false,
      description: 'For things of this service offering or disk offering.',
    }),
    tagKey: t.string({ required: false, description: 'For things that have a tag with this key.' }),
    tagValue: t.string({ required: false, description: 'The value that the tag must have.' }),
    condition: t.string({
      required: false,
      description:
        'What must hold of the thing, in the Common Expression Language: `cpuCount >= 8 && memoryBytes > 64 * GiB`. Names: usageType, zoneId, offeringId, offeringName, templateId, cpuCount, cpuMhz, memoryBytes, sizeBytes, tags, GiB; functions: contains, startsWith, endsWith, size, has.',
    }),
    price: t.field({ type: PriceInputType, description: 'Its first price.' }),
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
