import type { Row } from '@nephos/model/database.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { builder, Node } from '../../graphql/builder.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { addListField } from '../../graphql/list-field.ts';

/** A disk offering. */
export const DiskOffering = builder.objectRef<Row<'DiskOffering'>>('DiskOffering').implement({
  description: 'A disk that tenants may choose.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, unique.' }),
    displayText: t.exposeString('displayText', { description: 'What it is, in a few words.' }),
    size: t.expose('sizeBytes', {
      type: 'Bytes',
      nullable: true,
      description: 'Its size; null when the tenant names one.',
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

addListField({
  field: 'diskOfferings',
  type: 'DiskOffering',
  plural: 'disk offerings',
  node: DiskOffering,
  table: 'DiskOffering',
  permission: 'diskOffering.list',
  searched: ['name', 'displayText'],
  orders: { NAME: { column: 'name', description: 'By name.' } },
});

const CreateDiskOfferingInput = builder.inputType('CreateDiskOfferingInput', {
  description: 'A new disk offering.',
  fields: (t) => ({
    name: t.string({ description: 'Its name, unique.' }),
    displayText: t.string({
      required: false,
      description: 'What it is, in a few words; its name when left out.',
    }),
    size: t.field({
      type: 'Bytes',
      required: false,
      description: 'Its size in whole MiB; left out, the tenant names one.',
    }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const CreateDiskOfferingPayload = builder
  .objectRef<{ diskOfferingId: string }>('CreateDiskOfferingPayload')
  .implement({
    description: 'The new disk offering.',
    fields: (t) => ({
      diskOffering: t.field({
        type: DiskOffering,
        description: 'The offering.',
        resolve: ({ diskOfferingId }, _args, { load }) =>
          load.get('DiskOffering', parseId('DiskOffering', diskOfferingId)),
      }),
    }),
  });

builder.mutationField('createDiskOffering', (t) =>
  t.field({
    type: CreateDiskOfferingPayload,
    permission: 'diskOffering.create',
    description: 'Adds a choice of disk. Errors: VALIDATION_FAILED.',
    args: { input: t.arg({ type: CreateDiskOfferingInput, description: 'The offering.' }) },
    resolve: (_parent, { input: { size, ...input } }, { services, actor }) =>
      services.diskOfferings.create(actor, { ...input, sizeBytes: size }),
  }),
);
