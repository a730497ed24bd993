import { currencyPlaces, roundMoney } from '@nephos/usage/rate/money.ts';
import type { PlannedPart, PlannedPrice } from '@nephos/usage/rate/planned-price.ts';
import { builder } from '../../graphql/builder.ts';
import { sizedResources } from '../../identity/limit/limited-resources.ts';
import type { QuotaLine } from '../../identity/limit/quota.ts';
import { LimitedResource } from '../../identity/limit/schema.ts';
import { deployInput, DeployVirtualMachineInput } from '../virtual-machine/deploy/schema.ts';
import type { DeployPlan } from './plan-service.ts';
import { PlacementVerdict } from './verdict-schema.ts';

const QuotaScope = builder.enumType('QuotaScope', {
  description: 'Whose limit it is.',
  values: {
    ACCOUNT: { description: 'The owner’s.' },
    PROJECT: { description: 'The project’s that is to own it.' },
    DOMAIN: { description: 'That of a domain above; named only when it is in the way.' },
  } satisfies Record<QuotaLine['scope'], { description: string }>,
});

const QuotaChange = builder.objectRef<QuotaLine>('QuotaChange').implement({
  description: 'A limit, before and after something would be made.',
  fields: (t) => ({
    scope: t.field({ type: QuotaScope, description: 'Whose limit it is.', resolve: ({ scope }) => scope }),
    ownerId: t.exposeID('ownerId', { description: 'The account, or the domain.' }),
    ownerName: t.exposeString('ownerName', { description: 'Name of the account, or path of the domain.' }),
    resource: t.field({
      type: LimitedResource,
      description: 'Of what.',
      resolve: ({ resource }) => resource,
    }),
    isSize: t.boolean({
      description: 'Whether it is counted in bytes.',
      resolve: ({ resource }) => sizedResources.has(resource),
    }),
    before: t.expose('used', { type: 'Bytes', description: 'How much there is, in pieces or bytes.' }),
    after: t.field({
      type: 'Bytes',
      description: 'How much there would be.',
      resolve: ({ used, requested }) => used + requested,
    }),
    maximum: t.expose('maximum', {
      type: 'Bytes',
      nullable: true,
      description: 'The most there may be; null: no limit.',
    }),
    fits: t.exposeBoolean('fits', { description: 'Whether it would stay within.' }),
  }),
});

/** An hour costs little: it is shown with so many places more than its currency is paid in. */
const hourlyPlaces = 4;

const PlannedPricePart = builder.objectRef<PlannedPart & { currency: string }>('PlannedPricePart').implement({
  description: 'What one of the uses of a plan will cost: a machine that runs, that it is there, a disk.',
  fields: (t) => ({
    usageType: t.int({
      description: 'CloudStack’s number of what is used.',
      resolve: ({ use }) => use.usageType,
    }),
    count: t.exposeInt('count', { description: 'How many of it.' }),
    cpuCount: t.int({
      nullable: true,
      description: 'Processors of each machine; null for a disk.',
      resolve: ({ use }) => use.attributes.cpuCount ?? null,
    }),
    memory: t.field({
      type: 'Bytes',
      nullable: true,
      description: 'Memory of each machine; null for a disk.',
      resolve: ({ use }) =>
        use.attributes.memoryBytes === undefined ? null : BigInt(use.attributes.memoryBytes),
    }),
    size: t.field({
      type: 'Bytes',
      nullable: true,
      description: 'Size of each disk; null for a machine.',
      resolve: ({ use }) =>
        use.attributes.sizeBytes === undefined ? null : BigInt(use.attributes.sizeBytes),
    }),
    perHour: t.field({
      type: 'Decimal',
      description: 'For the first hour, of all of them.',
      resolve: ({ currency, perHour }) => roundMoney(perHour, currencyPlaces(currency) + hourlyPlaces),
    }),
    perMonth: t.field({
      type: 'Decimal',
      description: 'For the first 730 hours, of all of them; 0 for what is within what is included.',
      resolve: ({ currency, perMonth }) => roundMoney(perMonth, currencyPlaces(currency)),
    }),
  }),
});

const PlannedPriceRef = builder.objectRef<PlannedPrice>('PlannedPrice').implement({
  description:
    'What something will cost, used without a pause from now on: by the tariffs that are valid now, and by what its owner used in this month already.',
  fields: (t) => ({
    currency: t.exposeString('currency', { description: 'By ISO 4217.' }),
    perHour: t.field({
      type: 'Decimal',
      description: 'For the first hour.',
      resolve: ({ currency, perHour }) => roundMoney(perHour, currencyPlaces(currency) + hourlyPlaces),
    }),
    perMonth: t.field({
      type: 'Decimal',
      description: 'For the first 730 hours.',
      resolve: ({ currency, perMonth }) => roundMoney(perMonth, currencyPlaces(currency)),
    }),
    parts: t.field({
      type: [PlannedPricePart],
      description: 'What it is made of: those uses that have a price. Each is rounded for itself.',
      resolve: ({ currency, parts }) => parts.map((part) => ({ ...part, currency })),
    }),
  }),
});

const DeployPlanRef = builder.objectRef<DeployPlan>('DeployPlan').implement({
  description: 'What a deployment would come to now.',
  fields: (t) => ({
    fits: t.boolean({
      description: 'Whether a host takes the machine, and every limit allows it.',
      resolve: ({ placement, quota }) => placement.fitting > 0 && quota.every(({ fits }) => fits),
    }),
    placement: t.field({
      type: PlacementVerdict,
      description: 'Where it would go, and what stands in its way.',
      resolve: ({ placement }) => placement,
    }),
    quota: t.field({
      type: [QuotaChange],
      description: 'The limits that it counts towards, before and after.',
      resolve: ({ quota }) => quota,
    }),
    prices: t.field({
      type: [PlannedPriceRef],
      description: 'What it will cost, by currency; none where nothing that it uses has a price.',
      resolve: ({ prices }) => prices,
    }),
  }),
});

builder.queryField('planDeployVirtualMachine', (t) =>
  t.field({
    type: DeployPlanRef,
    permission: 'virtualMachine.deploy',
    description:
      'What deployVirtualMachine with this input would come to now. Nothing is reserved or changed. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, INVALID_STATE, as the deployment itself has them.',
    args: { input: t.arg({ type: DeployVirtualMachineInput, description: 'The machine.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.plans.planDeploy(actor, deployInput(input)),
  }),
);
