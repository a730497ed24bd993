import type { Row } from '@nephos/model/database.ts';
import type { TariffUnit as TariffUnits } from '@nephos/model/generated/enums.ts';
import { isId, parseId } from '@nephos/model/kernel/ids.ts';
import type { StoredTier } from '@nephos/model/shapes/tariff.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import type { RequestContext } from '../../graphql/context.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { addListField } from '../../graphql/list-field.ts';
import { Account } from '../../identity/account/schema.ts';
import { Domain } from '../../identity/domain/schema.ts';
import { Zone } from '../../infrastructure/zone/schema.ts';
import { readVersions, type VersionRow } from './store.ts';

/** What a price is given for. */
export const TariffUnit = builder.enumType('TariffUnit', {
  description: 'What a price is given for. A month is 730 hours; a GiB is 2^30 bytes.',
  values: {
    HOUR: { description: 'An hour of use.' },
    DAY: { description: '24 hours of use.' },
    MONTH: { description: '730 hours of use.' },
    CPU_HOUR: { description: 'An hour of one processor of a machine.' },
    CPU_MONTH: { description: '730 hours of one processor of a machine.' },
    GIB_MEMORY_HOUR: { description: 'An hour of one GiB of a machine’s memory.' },
    GIB_MEMORY_MONTH: { description: '730 hours of one GiB of a machine’s memory.' },
    GIB_HOUR: { description: 'An hour of one GiB of a disk, an image or a snapshot.' },
    GIB_MONTH: { description: '730 hours of one GiB of a disk, an image or a snapshot.' },
    GIB: { description: 'One GiB that went through.' },
    MILLION_OPERATIONS: { description: 'A million requests.' },
  } satisfies Record<keyof typeof TariffUnits, { description: string }>,
});

/** A price up to an amount. */
export const PriceTier = builder.objectRef<StoredTier>('PriceTier').implement({
  description: 'A price up to an amount in a month.',
  fields: (t) => ({
    upTo: t.field({
      type: 'Bytes',
      nullable: true,
      description:
        'Units in a month up to which it holds, counted from where the included ones end; null: all that is beyond.',
      resolve: ({ upTo }) => (upTo === undefined ? null : BigInt(upTo)),
    }),
    price: t.expose('price', { type: 'Decimal', description: 'For one unit, in the tariff’s currency.' }),
  }),
});

const TariffVersion = builder.objectRef<VersionRow>('TariffVersion').implement({
  description: 'A price of a tariff. It is never changed: the next version follows it.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Its id.' }),
    validFrom: t.expose('validFrom', { type: 'DateTime', description: 'From this whole hour on.' }),
    validUntil: t.expose('validUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'Not longer than to this whole hour; null: without an end.',
    }),
    unit: t.field({
      type: TariffUnit,
      description: 'What the prices are given for.',
      resolve: ({ unit }) => unit,
    }),
    included: t.expose('includedUnits', {
      type: 'Bytes',
      description: 'Units that each account has free in a month, before the first tier.',
    }),
    tiers: t.field({
      type: [PriceTier],
      description:
        'Prices by how much an account uses in a month, the first first. Each use is paid at the price of the tier that it falls into.',
      resolve: ({ tiers }) => tiers,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

function findOffering(load: RequestContext['load'], id: string): Promise<{ name: string } | null> {
  return isId('DiskOffering', id)
    ? load.find('DiskOffering', id)
    : load.find('ServiceOffering', parseId('ServiceOffering', id));
}

/** A tariff. */
export const Tariff = builder.objectRef<Row<'Tariff'>>('Tariff').implement({
  description: 'What uses of a type cost, for whom, and of what.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, unique.' }),
    description: t.exposeString('description', { description: 'What it is for.' }),
    usageType: t.exposeInt('usageType', { description: 'CloudStack’s number of what is used.' }),
    charge: t.exposeString('charge', {
      description:
        'What is charged for. Of tariffs of one usage type with the same charge the most specific applies; those of different charges add up.',
    }),
    currency: t.exposeString('currency', { description: 'Its currency, by ISO 4217.' }),
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
    zone: t.field({
      type: Zone,
      nullable: true,
      description: 'The zone that it is for; null: all, or you may not see it.',
      resolve: ({ zoneId }, _args, { load }) => (zoneId === null ? null : load.find('Zone', zoneId)),
    }),
    offeringId: t.exposeID('offeringId', {
      nullable: true,
      description: 'The service offering or disk offering that it is for; null: any.',
    }),
    offeringName: t.string({
      nullable: true,
      description: 'What that offering is called; null: any, or you may not see it.',
      resolve: async ({ offeringId }, _args, { load }) =>
        offeringId === null ? null : ((await findOffering(load, offeringId))?.name ?? null),
    }),
    tagKey: t.exposeString('tagKey', {
      nullable: true,
      description: 'Things must have a tag with this key; null: they need not.',
    }),
    tagValue: t.exposeString('tagValue', {
      nullable: true,
      description: 'The value that the tag must have; null: any.',
    }),
    condition: t.exposeString('condition', {
      nullable: true,
      description: 'What must hold of the thing, in CEL; null: nothing.',
    }),
    versions: t.field({
      type: [TariffVersion],
      description: 'Its prices, the oldest first.',
      resolve: async ({ id }, _args, { load }) =>
        (await load.partsOf('tariffVersions', id, readVersions)) ?? [],
    }),
    endsAt: t.expose('endsAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Nothing that is used from this moment on is rated with it; null: it goes on.',
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

const TariffFilter = builder.inputType('TariffFilter', {
  description: 'Which tariffs.',
  fields: (t) => ({
    usageType: t.int({ required: false, description: 'Of this usage type.' }),
    currency: t.string({ required: false, description: 'In this currency.' }),
    isEnded: t.boolean({
      required: false,
      description: 'Those that have ended, or those that have not.',
    }),
  }),
});

addListField({
  field: 'tariffs',
  type: 'Tariff',
  plural: 'tariffs',
  node: Tariff,
  table: 'Tariff',
  permission: 'tariff.list',
  searched: ['name', 'description', 'charge'],
  orders: {
    NAME: { column: 'name', description: 'By name.' },
    USAGE_TYPE: { column: 'usageType', description: 'By what is used.' },
  },
  filter: {
    input: TariffFilter,
    where: ({ usageType, currency, isEnded }) => [
      ...(usageType == null ? [] : [sql<boolean>`"usageType" = ${usageType}`]),
      ...(currency == null ? [] : [sql<boolean>`"currency" = ${currency}`]),
      ...(isEnded == null ? [] : [sql<boolean>`coalesce("endsAt" <= now(), false) = ${isEnded}`]),
    ],
  },
});

builder.queryField('tariff', (t) =>
  t.field({
    type: Tariff,
    nullable: true,
    permission: 'tariff.list',
    description: 'One tariff; null when there is none or you may not see it.',
    args: { id: t.arg.id({ description: 'Its id.' }) },
    resolve: (_parent, { id }, { load }) => load.find('Tariff', idArgument('Tariff', 'id', id)),
  }),
);
