import type { Row } from '@nephos/model/database.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { addListField } from '../../graphql/list-field.ts';
import { offeringScope, offeringScopeFields } from '../../graphql/offering-scope-fields.ts';
import { Domain } from '../../identity/domain/schema.ts';
import { Zone } from '../../infrastructure/zone/schema.ts';

/** A service offering. */
export const ServiceOffering = builder.objectRef<Row<'ServiceOffering'>>('ServiceOffering').implement({
  description: 'Processors and memory that tenants may choose.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, unique.' }),
    displayText: t.exposeString('displayText', { description: 'What it is, in a few words.' }),
    cpuCount: t.exposeInt('cpuCount', { description: 'Virtual processors.' }),
    cpuMhz: t.exposeInt('cpuMhz', { description: 'Megahertz that are promised of each of them.' }),
    memory: t.expose('memoryBytes', { type: 'Bytes', description: 'Memory.' }),
    isRestricted: t.boolean({
      description: 'Whether it is offered only in some domains or zones.',
      resolve: ({ domainIds, zoneIds }) => domainIds.length > 0 || zoneIds.length > 0,
    }),
    domains: t.field({
      type: [Domain],
      description: 'Domains in which, and below which, it is offered, of those that you may see.',
      resolve: async ({ domainIds }, _args, { load }) => {
        const domains = await Promise.all(domainIds.map((id) => load.find('Domain', id)));
        return domains.filter((domain) => domain !== null);
      },
    }),
    zones: t.field({
      type: [Zone],
      description: 'Zones in which it is offered, of those that you may see.',
      resolve: async ({ zoneIds }, _args, { load }) => {
        const zones = await Promise.all(zoneIds.map((id) => load.find('Zone', id)));
        return zones.filter((zone) => zone !== null);
      },
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

addListField({
  field: 'serviceOfferings',
  type: 'ServiceOffering',
  plural: 'service offerings',
  node: ServiceOffering,
  table: 'ServiceOffering',
  permission: 'serviceOffering.list',
  searched: ['name', 'displayText'],
  orders: {
    NAME: { column: 'name', description: 'By name.' },
    MEMORY: { column: 'memoryBytes', description: 'By memory.' },
  },
});

const CreateServiceOfferingInput = builder.inputType('CreateServiceOfferingInput', {
  description: 'A new service offering.',
  fields: (t) => ({
    name: t.string({ description: 'Its name, unique.' }),
    displayText: t.string({
      required: false,
      description: 'What it is, in a few words; its name when left out.',
    }),
    cpuCount: t.int({ description: 'Virtual processors, 1 to 256.' }),
    cpuMhz: t.int({ description: 'Megahertz promised of each of them, 100 to 10,000.' }),
    memory: t.field({ type: 'Bytes', description: 'Memory: whole MiB from 32 MiB to 16 TiB.' }),
    ...offeringScopeFields(t, 'No restriction when left out.'),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const CreateServiceOfferingPayload = builder
  .objectRef<{ serviceOfferingId: string }>('CreateServiceOfferingPayload')
  .implement({
    description: 'The new service offering.',
    fields: (t) => ({
      serviceOffering: t.field({
        type: ServiceOffering,
        description: 'The offering.',
        resolve: ({ serviceOfferingId }, _args, { load }) =>
          load.get('ServiceOffering', parseId('ServiceOffering', serviceOfferingId)),
      }),
    }),
  });

builder.mutationField('createServiceOffering', (t) =>
  t.field({
    type: CreateServiceOfferingPayload,
    permission: 'serviceOffering.create',
    description: 'Adds a choice of processors and memory. Errors: VALIDATION_FAILED, NOT_FOUND.',
    args: { input: t.arg({ type: CreateServiceOfferingInput, description: 'The offering.' }) },
    resolve: (_parent, { input: { memory, ...input } }, { services, actor }) =>
      services.serviceOfferings.create(actor, { ...input, ...offeringScope(input), memoryBytes: memory }),
  }),
);

const UpdateServiceOfferingInput = builder.inputType('UpdateServiceOfferingInput', {
  description: 'Which service offering, and what is to change.',
  fields: (t) => ({
    id: t.id({ description: 'The offering.' }),
    name: t.string({ required: false, description: 'Its new name, unique.' }),
    displayText: t.string({ required: false, description: 'What it is, in a few words.' }),
    ...offeringScopeFields(t, 'As it was when left out.'),
    expectedVersion: t.int({
      required: false,
      description: 'Refuse with VERSION_CONFLICT if it was changed since this version.',
    }),
  }),
});

const UpdateServiceOfferingPayload = builder
  .objectRef<{ serviceOfferingId: string }>('UpdateServiceOfferingPayload')
  .implement({
    description: 'The service offering that was changed.',
    fields: (t) => ({
      serviceOffering: t.field({
        type: ServiceOffering,
        description: 'The offering as it is now.',
        resolve: ({ serviceOfferingId }, _args, { load }) =>
          load.get('ServiceOffering', parseId('ServiceOffering', serviceOfferingId)),
      }),
    }),
  });

builder.mutationField('updateServiceOffering', (t) =>
  t.field({
    type: UpdateServiceOfferingPayload,
    permission: 'serviceOffering.update',
    description:
      'Changes what an offering is called and where it is offered; machines that have it keep it. Errors: NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, VERSION_CONFLICT.',
    args: {
      input: t.arg({ type: UpdateServiceOfferingInput, description: 'Which offering, and the change.' }),
    },
    resolve: (_parent, { input }, { services, actor }) =>
      services.serviceOfferings.update(actor, {
        ...input,
        ...offeringScope(input),
        id: idArgument('ServiceOffering', 'input.id', input.id),
      }),
  }),
);
