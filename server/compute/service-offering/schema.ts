import type { Row } from '@nephos/model/database.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { builder, Node } from '../../graphql/builder.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { addListField } from '../../graphql/list-field.ts';

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
    description: 'Adds a choice of processors and memory. Errors: VALIDATION_FAILED.',
    args: { input: t.arg({ type: CreateServiceOfferingInput, description: 'The offering.' }) },
    resolve: (_parent, { input: { memory, ...input } }, { services, actor }) =>
      services.serviceOfferings.create(actor, { ...input, memoryBytes: memory }),
  }),
);
