import { builder, type SchemaTypes } from '../../graphql/builder.ts';
import type { PriceInput } from './price-input.ts';
import { TariffUnit } from './schema.ts';

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

/** A price as clients give it. */
export const PriceInputType = builder.inputType('TariffPriceInput', {
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

/** A price in the words of the service. */
export const priceFrom = ({ included, ...price }: GivenPrice): PriceInput => ({
  ...price,
  includedUnits: included,
});

/** What a tariff is for, and its price: fields of every input that has them. */
export const tariffFields = (
  t: PothosSchemaTypes.InputFieldBuilder<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>, 'InputObject'>,
) => ({
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
      'What must hold of the thing, in the Common Expression Language: `cpuCount >= 8 && memoryBytes > 64 * GiB`. Names: usageType, zoneId, offeringId, offeringName, templateId, cpuCount, cpuMhz, memoryBytes, sizeBytes, networkId, tags, GiB; functions: contains, startsWith, endsWith, size, has.',
  }),
  price: t.field({ type: PriceInputType, description: 'Its first price.' }),
});
