import type { Row } from '@nephos/model/database.ts';
import type {
  VolumeKind as VolumeKinds,
  VolumeState as VolumeStates,
} from '@nephos/model/generated/enums.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { unindexed } from '../../graphql/connection.ts';
import { addListField } from '../../graphql/list-field.ts';
import { scopeOf } from '../../identity/access/visibility.ts';
import { Account } from '../../identity/account/schema.ts';
import { StoragePool } from '../../infrastructure/storage-pool/schema.ts';
import { Zone } from '../../infrastructure/zone/schema.ts';
import { DiskOffering } from '../disk-offering/schema.ts';
import { chosenDiskOfferings } from '../disk-offering/store.ts';
import { Template } from '../image/schema.ts';

const VolumeKind = builder.enumType('VolumeKind', {
  description: 'What a disk is for.',
  values: {
    ROOT: { description: 'The machine starts from it.' },
    DATA: { description: 'An additional disk.' },
  } satisfies Record<keyof typeof VolumeKinds, { description: string }>,
});

export const VolumeState = builder.enumType('VolumeState', {
  description: 'What is going on with a disk.',
  values: {
    ALLOCATED: { description: 'Exists on paper only.' },
    CREATING: { description: 'Is being made.' },
    READY: { description: 'Can be used.' },
    ATTACHING: { description: 'Is being attached.' },
    RESIZING: { description: 'Is being resized.' },
    SNAPSHOTTING: { description: 'A snapshot of it is being taken.' },
    MIGRATING: { description: 'Is being moved to other storage.' },
    COPYING: { description: 'A template is being made of it.' },
    UPLOADING: { description: 'Is being uploaded.' },
    DESTROYED: { description: 'Is in the recycle bin.' },
    EXPUNGING: { description: 'Is being removed for good.' },
    EXPUNGED: { description: 'Is gone.' },
    ERROR: { description: 'Cannot be used.' },
  } satisfies Record<keyof typeof VolumeStates, { description: string }>,
});

/** A volume. */
export const Volume = builder.objectRef<Row<'Volume'>>('Volume').implement({
  description: 'A machine’s disk.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name.' }),
    kind: t.field({ type: VolumeKind, description: 'What it is for.', resolve: ({ kind }) => kind }),
    state: t.field({
      type: VolumeState,
      description: 'What is going on with it.',
      resolve: ({ state }) => state,
    }),
    size: t.expose('sizeBytes', { type: 'Bytes', description: 'Its size as the guest sees it.' }),
    deviceIndex: t.exposeInt('deviceIndex', {
      nullable: true,
      description: 'Its place on the machine; 0 is the root disk.',
    }),
    virtualMachineId: t.exposeID('virtualMachineId', {
      nullable: true,
      description: 'The machine it belongs to.',
    }),
    zone: t.field({
      type: Zone,
      description: 'The zone it is in.',
      resolve: ({ zoneId }, _args, { load }) => load.get('Zone', zoneId),
    }),
    account: t.field({
      type: Account,
      nullable: true,
      description: 'The account that owns it.',
      resolve: ({ accountId }, _args, { load }) => load.find('Account', accountId),
    }),
    storagePool: t.field({
      type: StoragePool,
      nullable: true,
      description: 'Where it lies; null for tenants.',
      resolve: ({ poolId }, _args, { load }) => load.find('StoragePool', poolId),
    }),
    diskOffering: t.field({
      type: DiskOffering,
      nullable: true,
      description:
        'What was chosen for it, though it may no longer be offered; null for a root disk that came with a template.',
      resolve: async ({ diskOfferingId }, _args, { load, actor }) => {
        if (diskOfferingId === null || !actor.rights.has('diskOffering.list')) return null;
        return (await load.partsOf('chosenDiskOfferings', diskOfferingId, chosenDiskOfferings)) ?? null;
      },
    }),
    template: t.field({
      type: Template,
      nullable: true,
      description: 'The template it was made from; null for an empty disk, or when the template was deleted.',
      resolve: ({ imageId }, _args, { load }) => (imageId === null ? null : load.find('Image', imageId)),
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

const VolumeFilter = builder.inputType('VolumeFilter', {
  description: 'Which disks.',
  fields: (t) => ({
    zoneId: t.id({ required: false, description: 'In this zone.' }),
    virtualMachineId: t.id({ required: false, description: 'Of this machine.' }),
    storagePoolId: t.id({ required: false, description: 'On this storage pool.' }),
    diskOfferingId: t.id({ required: false, description: 'Of this disk offering.' }),
    kind: t.field({ type: VolumeKind, required: false, description: 'For this.' }),
    state: t.field({ type: [VolumeState], required: false, description: 'In one of these states.' }),
  }),
});

addListField({
  field: 'volumes',
  type: 'Volume',
  plural: 'disks',
  node: Volume,
  table: 'Volume',
  permission: 'volume.list',
  searched: ['name'],
  orders: {
    NAME: { column: 'name', description: 'By name.' },
    SIZE: { column: 'sizeBytes', description: 'By size.' },
  },
  filter: {
    input: VolumeFilter,
    where: ({ zoneId, virtualMachineId, storagePoolId, diskOfferingId, kind, state }, actor) => [
      // Tenants are not told where their disks lie: neither by what a filter finds.
      ...(storagePoolId == null
        ? []
        : [
            sql<boolean>`"poolId" in (select "id" from "StoragePool" where "id" = ${storagePoolId} and ${scopeOf(actor, 'StoragePool')})`,
          ]),
      ...(diskOfferingId == null ? [] : [unindexed(sql<boolean>`"diskOfferingId" = ${diskOfferingId}`)]),
      ...(kind == null ? [] : [unindexed(sql<boolean>`"kind" = ${kind}::"VolumeKind"`)]),
      ...(zoneId == null ? [] : [sql<boolean>`"zoneId" = ${zoneId}`]),
      ...(virtualMachineId == null ? [] : [sql<boolean>`"virtualMachineId" = ${virtualMachineId}`]),
      ...(state == null ? [] : [sql<boolean>`"state"::text = any(${state})`]),
    ],
  },
});
