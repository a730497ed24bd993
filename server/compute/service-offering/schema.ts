import type { Row } from '@nephos/model/database.ts';
import type { PlacementStrategy as PlacementStrategies } from '@nephos/model/generated/enums.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { builder, Node, type SchemaTypes } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { addListField } from '../../graphql/list-field.ts';
import { offeringFilter, offeringScope, offeringScopeFields } from '../../graphql/offering-scope-fields.ts';
import { Domain } from '../../identity/domain/schema.ts';
import { Zone } from '../../infrastructure/zone/schema.ts';

const PlacementStrategy = builder.enumType('PlacementStrategy', {
  description: 'Which of the hosts that fit gets a machine.',
  values: {
    FIRST_FIT: { description: 'The oldest: hosts are filled one after the other.' },
    DISPERSING: { description: 'The one with the fewest machines of the owner.' },
    CONCENTRATING: { description: 'The one with the most machines of the owner.' },
    LEAST_CONSUMED: { description: 'The one that promised the smallest share of its processors and memory.' },
    RANDOM: { description: 'Any.' },
  } satisfies Record<keyof typeof PlacementStrategies, { description: string }>,
});

/** A service offering. */
export const ServiceOffering = builder.objectRef<Row<'ServiceOffering'>>('ServiceOffering').implement({
  description: 'Processors and memory that tenants may choose.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, unique.' }),
    displayText: t.exposeString('displayText', { description: 'What it is, in a few words.' }),
    cpuCount: t.exposeInt('cpuCount', {
      description: 'Virtual processors; the fewest, where there is a choice.',
    }),
    maxCpuCount: t.exposeInt('maxCpuCount', {
      nullable: true,
      description: 'The most processors that may be chosen; null when the number is fixed.',
    }),
    cpuMhz: t.exposeInt('cpuMhz', { description: 'Megahertz that are promised of each of them.' }),
    memory: t.expose('memoryBytes', {
      type: 'Bytes',
      description: 'Memory; the least, where there is a choice.',
    }),
    maxMemory: t.expose('maxMemoryBytes', {
      type: 'Bytes',
      nullable: true,
      description: 'The most memory that may be chosen; null when the size is fixed.',
    }),
    rootDiskSize: t.expose('rootDiskBytes', {
      type: 'Bytes',
      nullable: true,
      description: 'Size of the root disk; null when it is as large as the template.',
    }),
    isScalableLive: t.exposeBoolean('isScalableLive', {
      description: 'Whether its machines may be given more while they run.',
    }),
    hostTags: t.exposeStringList('hostTags', {
      description: 'Hosts of its machines must have all of these tags.',
    }),
    storageTags: t.exposeStringList('storageTags', {
      description: 'Pools of its machines’ root disks must have all of these tags.',
    }),
    placement: t.field({
      type: PlacementStrategy,
      nullable: true,
      description:
        'Which of the hosts that fit gets its machines; null: as the setting `vm.allocation.algorithm` says.',
      resolve: ({ placement }) => placement,
    }),
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
  filter: offeringFilter('ServiceOffering'),
});

type InputFields = PothosSchemaTypes.InputFieldBuilder<
  PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>,
  'InputObject'
>;

/** The fields of an input that say where machines of an offering are placed. */
function placementFields(t: InputFields, tagsLeftOut: string, strategyLeftOut: string) {
  return {
    hostTags: t.stringList({
      required: false,
      description: `Hosts of its machines must have all of these tags, at most 50. ${tagsLeftOut}`,
    }),
    storageTags: t.stringList({
      required: false,
      description: `Pools of its machines’ root disks must have all of these tags, at most 50. ${tagsLeftOut}`,
    }),
    placement: t.field({
      type: PlacementStrategy,
      required: false,
      description: `Which of the hosts that fit gets its machines. ${strategyLeftOut}`,
    }),
  };
}

const CreateServiceOfferingInput = builder.inputType('CreateServiceOfferingInput', {
  description: 'A new service offering.',
  fields: (t) => ({
    name: t.string({ description: 'Its name, unique.' }),
    displayText: t.string({
      required: false,
      description: 'What it is, in a few words; its name when left out.',
    }),
    cpuCount: t.int({ description: 'Virtual processors, 1 to 256; the fewest, where there is a choice.' }),
    maxCpuCount: t.int({
      required: false,
      description: 'The most processors that may be chosen; the number is fixed when left out.',
    }),
    cpuMhz: t.int({ description: 'Megahertz promised of each of them, 100 to 10,000.' }),
    memory: t.field({
      type: 'Bytes',
      description: 'Memory: whole MiB from 32 MiB to 16 TiB; the least, where there is a choice.',
    }),
    maxMemory: t.field({
      type: 'Bytes',
      required: false,
      description: 'The most memory that may be chosen; the size is fixed when left out.',
    }),
    rootDiskSize: t.field({
      type: 'Bytes',
      required: false,
      description: 'Size of the root disk, whole MiB; as large as the template when left out.',
    }),
    isScalableLive: t.boolean({
      defaultValue: false,
      description: 'Whether its machines may be given more while they run.',
    }),
    ...placementFields(
      t,
      'None when left out.',
      'As the setting `vm.allocation.algorithm` says when left out.',
    ),
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
    resolve: (_parent, { input: { memory, maxMemory, rootDiskSize, ...input } }, { services, actor }) =>
      services.serviceOfferings.create(actor, {
        ...input,
        ...offeringScope(input),
        memoryBytes: memory,
        maxMemoryBytes: maxMemory,
        rootDiskBytes: rootDiskSize,
      }),
  }),
);

const UpdateServiceOfferingInput = builder.inputType('UpdateServiceOfferingInput', {
  description: 'Which service offering, and what is to change.',
  fields: (t) => ({
    id: t.id({ description: 'The offering.' }),
    name: t.string({ required: false, description: 'Its new name, unique.' }),
    displayText: t.string({ required: false, description: 'What it is, in a few words.' }),
    ...placementFields(
      t,
      'As they were when left out.',
      'As it was when left out, and as the setting `vm.allocation.algorithm` says when null.',
    ),
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
      'Changes what an offering is called, where it is offered, and where its machines are placed when they start next; machines that have it keep it. Errors: NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, VERSION_CONFLICT.',
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

const DeleteServiceOfferingInput = builder.inputType('DeleteServiceOfferingInput', {
  description: 'Which service offering.',
  fields: (t) => ({
    id: t.id({ description: 'The offering.' }),
    expectedVersion: t.int({
      required: false,
      description: 'Refuse with VERSION_CONFLICT if it was changed since this version.',
    }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const DeleteServiceOfferingPayload = builder
  .objectRef<{ serviceOfferingId: string }>('DeleteServiceOfferingPayload')
  .implement({
    description: 'The service offering that is no longer offered.',
    fields: (t) => ({
      serviceOfferingId: t.exposeID('serviceOfferingId', { description: 'Its id.' }),
    }),
  });

builder.mutationField('deleteServiceOffering', (t) =>
  t.field({
    type: DeleteServiceOfferingPayload,
    permission: 'serviceOffering.delete',
    description:
      'Offers it no longer; machines that have it keep it, and its name is free. Errors: NOT_FOUND, FORBIDDEN, VERSION_CONFLICT.',
    args: { input: t.arg({ type: DeleteServiceOfferingInput, description: 'Which offering.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.serviceOfferings.delete(actor, {
        ...input,
        id: idArgument('ServiceOffering', 'input.id', input.id),
      }),
  }),
);
