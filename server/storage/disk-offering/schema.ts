import type { Row } from '@nephos/model/database.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { addListField } from '../../graphql/list-field.ts';
import { offeringFilter, offeringScope, offeringScopeFields } from '../../graphql/offering-scope-fields.ts';
import { Domain } from '../../identity/domain/schema.ts';
import { Zone } from '../../infrastructure/zone/schema.ts';

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
    storageTags: t.exposeStringList('storageTags', {
      description: 'Pools of its disks must have all of these tags.',
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
  field: 'diskOfferings',
  type: 'DiskOffering',
  plural: 'disk offerings',
  node: DiskOffering,
  table: 'DiskOffering',
  permission: 'diskOffering.list',
  searched: ['name', 'displayText'],
  orders: { NAME: { column: 'name', description: 'By name.' } },
  filter: offeringFilter('DiskOffering'),
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
    storageTags: t.stringList({
      required: false,
      description: 'Pools of its disks must have all of these tags, at most 50. None when left out.',
    }),
    ...offeringScopeFields(t, 'No restriction when left out.'),
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
    description: 'Adds a choice of disk. Errors: VALIDATION_FAILED, NOT_FOUND.',
    args: { input: t.arg({ type: CreateDiskOfferingInput, description: 'The offering.' }) },
    resolve: (_parent, { input: { size, ...input } }, { services, actor }) =>
      services.diskOfferings.create(actor, { ...input, ...offeringScope(input), sizeBytes: size }),
  }),
);

const UpdateDiskOfferingInput = builder.inputType('UpdateDiskOfferingInput', {
  description: 'Which disk offering, and what is to change.',
  fields: (t) => ({
    id: t.id({ description: 'The offering.' }),
    name: t.string({ required: false, description: 'Its new name, unique.' }),
    displayText: t.string({ required: false, description: 'What it is, in a few words.' }),
    storageTags: t.stringList({
      required: false,
      description: 'Pools of new disks must have all of these tags, at most 50. As they were when left out.',
    }),
    ...offeringScopeFields(t, 'As it was when left out.'),
    expectedVersion: t.int({
      required: false,
      description: 'Refuse with VERSION_CONFLICT if it was changed since this version.',
    }),
  }),
});

const UpdateDiskOfferingPayload = builder
  .objectRef<{ diskOfferingId: string }>('UpdateDiskOfferingPayload')
  .implement({
    description: 'The disk offering that was changed.',
    fields: (t) => ({
      diskOffering: t.field({
        type: DiskOffering,
        description: 'The offering as it is now.',
        resolve: ({ diskOfferingId }, _args, { load }) =>
          load.get('DiskOffering', parseId('DiskOffering', diskOfferingId)),
      }),
    }),
  });

builder.mutationField('updateDiskOffering', (t) =>
  t.field({
    type: UpdateDiskOfferingPayload,
    permission: 'diskOffering.update',
    description:
      'Changes what an offering is called and where it is offered; disks that have it keep it. Errors: NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, VERSION_CONFLICT.',
    args: { input: t.arg({ type: UpdateDiskOfferingInput, description: 'Which offering, and the change.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.diskOfferings.update(actor, {
        ...input,
        ...offeringScope(input),
        id: idArgument('DiskOffering', 'input.id', input.id),
      }),
  }),
);

const DeleteDiskOfferingInput = builder.inputType('DeleteDiskOfferingInput', {
  description: 'Which disk offering.',
  fields: (t) => ({
    id: t.id({ description: 'The offering.' }),
    expectedVersion: t.int({
      required: false,
      description: 'Refuse with VERSION_CONFLICT if it was changed since this version.',
    }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const DeleteDiskOfferingPayload = builder
  .objectRef<{ diskOfferingId: string }>('DeleteDiskOfferingPayload')
  .implement({
    description: 'The disk offering that is no longer offered.',
    fields: (t) => ({
      diskOfferingId: t.exposeID('diskOfferingId', { description: 'Its id.' }),
    }),
  });

builder.mutationField('deleteDiskOffering', (t) =>
  t.field({
    type: DeleteDiskOfferingPayload,
    permission: 'diskOffering.delete',
    description:
      'Offers it no longer; disks that have it keep it, and its name is free. Errors: NOT_FOUND, FORBIDDEN, VERSION_CONFLICT.',
    args: { input: t.arg({ type: DeleteDiskOfferingInput, description: 'Which offering.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.diskOfferings.delete(actor, {
        ...input,
        id: idArgument('DiskOffering', 'input.id', input.id),
      }),
  }),
);
