import type { StatementLineKind as LineKinds } from '@nephos/model/generated/enums.ts';
import type { StatementParties } from '@nephos/model/shapes/statement.ts';
import { builder } from '../../graphql/builder.ts';
import { PriceTier, TariffUnit } from '../tariff/schema.ts';
import { percentOf, priceOf, quantityOf } from './amounts.ts';
import type { StatementLineFacts } from './compose.ts';

const StatementLineKind = builder.enumType('StatementLineKind', {
  description: 'What a line of a statement is.',
  values: {
    USAGE: { description: 'What was used.' },
    DISCOUNT: { description: 'A part of it that is let off.' },
    TAX: { description: 'A tax on what is left.' },
  } satisfies Record<keyof typeof LineKinds, { description: string }>,
});

/** A line of a statement, of a credit note or of a draft. */
export const StatementLine = builder.objectRef<StatementLineFacts>('StatementLine').implement({
  description: 'A line of a statement, rounded once. What its kind does not have is null.',
  fields: (t) => ({
    kind: t.field({ type: StatementLineKind, description: 'What it is.', resolve: ({ kind }) => kind }),
    label: t.exposeString('label', {
      description:
        'The name that the tariff had, or what the discount or tax is called; empty in a draft for what was used since the last period ended.',
    }),
    usageType: t.exposeInt('usageType', {
      nullable: true,
      description: 'CloudStack’s number of what was used.',
    }),
    zoneName: t.exposeString('zoneName', {
      nullable: true,
      description: 'Where it was used, as it was called.',
    }),
    resourceCount: t.exposeInt('resourceCount', {
      nullable: true,
      description: 'How many things were used; null in a credit note.',
    }),
    unit: t.field({
      type: TariffUnit,
      nullable: true,
      description: 'What the price is given for.',
      resolve: ({ unit }) => unit,
    }),
    quantity: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'How many units, rounded to 6 places; of a credit note by how many more.',
      resolve: quantityOf,
    }),
    price: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Of a unit; null where it depends on how many there are.',
      resolve: priceOf,
    }),
    tiers: t.field({
      type: [PriceTier],
      description: 'Prices by how much was used in the month, as they were; none for a discount or a tax.',
      resolve: ({ price }) => price?.tiers ?? [],
    }),
    included: t.field({
      type: 'Bytes',
      nullable: true,
      description: 'Units that were free in the month.',
      resolve: ({ price }) => (price === null ? null : BigInt(price.included)),
    }),
    percent: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Of the discount or tax.',
      resolve: percentOf,
    }),
    base: t.expose('base', {
      type: 'Decimal',
      nullable: true,
      description: 'Of which amount it is the percentage.',
    }),
    amount: t.expose('amount', {
      type: 'Decimal',
      description: 'In the statement’s currency and its places; negative for what is let off or given back.',
    }),
  }),
});

const StatementIssuer = builder.objectRef<StatementParties['issuer']>('StatementIssuer').implement({
  description: 'Who sends a statement, as the settings `billing.issuer.*` said when it was issued.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name.' }),
    address: t.exposeString('address', { description: 'Where it is; empty where nothing is set.' }),
    taxId: t.exposeString('taxId', { description: 'Its number for taxes; empty where nothing is set.' }),
    contact: t.exposeString('contact', { description: 'Whom to ask; empty where nothing is set.' }),
  }),
});

const StatementCustomer = builder.objectRef<StatementParties['customer']>('StatementCustomer').implement({
  description: 'To whom a statement is sent, as it was called when it was issued.',
  fields: (t) => ({
    account: t.exposeString('account', { description: 'The account.' }),
    domain: t.exposeString('domain', { description: 'Path of its domain.' }),
  }),
});

/** Who sends it, and to whom. */
export const StatementPartiesType = builder.objectRef<StatementParties>('StatementParties').implement({
  description: 'Who sends a statement, and to whom.',
  fields: (t) => ({
    issuer: t.field({ type: StatementIssuer, description: 'Who sends it.', resolve: ({ issuer }) => issuer }),
    customer: t.field({
      type: StatementCustomer,
      description: 'To whom.',
      resolve: ({ customer }) => customer,
    }),
  }),
});

/** Descriptions that statements and drafts share. */
export const describe = {
  month: 'The billing month: `2026-11`.',
  currency: 'Its currency, by ISO 4217. Each currency has its own statement.',
  usage: 'What was used.',
  discount: 'What is let off: zero or negative.',
  tax: 'Taxes.',
  total: 'The sum of all lines.',
  startsAt: 'When the month began.',
  endsAt: 'When the month ended; not part of it.',
} as const;
