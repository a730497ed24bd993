import type { Row } from '@nephos/model/database.ts';
import type {
  StoragePoolScope as StoragePoolScopes,
  StoragePoolState as StoragePoolStates,
  StoragePoolType as StoragePoolTypes,
} from '@nephos/model/generated/enums.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { jobField } from '../../activity/job-schema.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { addListField } from '../../graphql/list-field.ts';
import { Zone } from '../zone/schema.ts';
import { poolCapacities } from './store.ts';

export const StoragePoolType = builder.enumType('StoragePoolType', {
  description: 'How hosts reach a storage pool.',
  values: {
    LOCAL_DIRECTORY: { description: 'A directory on one host’s own disk.' },
    SHARED_DIRECTORY: {
      description: 'A directory that is mounted at the same path on several hosts, NFS say.',
    },
  } satisfies Record<keyof typeof StoragePoolTypes, { description: string }>,
});

export const StoragePoolScope = builder.enumType('StoragePoolScope', {
  description: 'Which hosts reach a storage pool.',
  values: {
    HOST: { description: 'One host.' },
    CLUSTER: { description: 'All hosts of a cluster.' },
    ZONE: { description: 'All hosts of a zone.' },
  } satisfies Record<keyof typeof StoragePoolScopes, { description: string }>,
});

const StoragePoolState = builder.enumType('StoragePoolState', {
  description: 'Whether a storage pool can be used.',
  values: {
    ATTACHING: { description: 'Is being made ready.' },
    UP: { description: 'Takes new disks.' },
    DISABLED: { description: 'Takes no new disks.' },
    ERROR: { description: 'Cannot be used.' },
  } satisfies Record<keyof typeof StoragePoolStates, { description: string }>,
});

const PoolCapacity = builder.objectRef<Row<'StoragePoolCapacity'>>('StoragePoolCapacity').implement({
  description: 'What a storage pool holds, and what of it is promised.',
  fields: (t) => ({
    total: t.expose('totalBytes', { type: 'Bytes', description: 'Its size.' }),
    used: t.expose('usedBytes', { type: 'Bytes', description: 'Used, as its file system says.' }),
    allocated: t.expose('allocatedBytes', {
      type: 'Bytes',
      description: 'Sum of the sizes of all disks on it; thin disks use less.',
    }),
  }),
});

/** A storage pool. */
export const StoragePool = builder.objectRef<Row<'StoragePool'>>('StoragePool').implement({
  description: 'Primary storage: holds the disks of machines.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, unique in the zone.' }),
    type: t.field({ type: StoragePoolType, description: 'How hosts reach it.', resolve: ({ type }) => type }),
    scope: t.field({
      type: StoragePoolScope,
      description: 'Which hosts reach it.',
      resolve: ({ scope }) => scope,
    }),
    state: t.field({
      type: StoragePoolState,
      description: 'Whether it can be used.',
      resolve: ({ state }) => state,
    }),
    path: t.exposeString('path', { description: 'Its directory on the hosts.' }),
    tags: t.exposeStringList('tags', { description: 'What offerings may ask for.' }),
    overprovisioning: t.exposeFloat('overprovisioning', {
      nullable: true,
      description:
        'How many times its size it may be promised; null: as the setting `storage.overprovisioning.factor` says.',
    }),
    capacity: t.field({
      type: PoolCapacity,
      nullable: true,
      description: 'What it holds, and what of it is promised.',
      resolve: async ({ id }, _args, { load }) =>
        (await load.partsOf('poolCapacity', id, poolCapacities)) ?? null,
    }),
    zone: t.field({
      type: Zone,
      description: 'The zone it is in.',
      resolve: ({ zoneId }, _args, { load }) => load.get('Zone', zoneId),
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was added.' }),
  }),
});

const StoragePoolFilter = builder.inputType('StoragePoolFilter', {
  description: 'Which storage pools.',
  fields: (t) => ({
    zoneId: t.id({ required: false, description: 'In this zone.' }),
    state: t.field({ type: [StoragePoolState], required: false, description: 'In one of these states.' }),
  }),
});

addListField({
  field: 'storagePools',
  type: 'StoragePool',
  plural: 'storage pools',
  node: StoragePool,
  table: 'StoragePool',
  permission: 'storagePool.list',
  searched: ['name', 'path'],
  orders: { NAME: { column: 'name', description: 'By name.' } },
  filter: {
    input: StoragePoolFilter,
    where: ({ zoneId, state }) => [
      ...(zoneId == null ? [] : [sql<boolean>`"zoneId" = ${zoneId}`]),
      ...(state == null ? [] : [sql<boolean>`"state"::text = any(${state})`]),
    ],
  },
});

export const StoragePoolPlanInput = builder.inputType('StoragePoolPlanInput', {
  description: 'New primary storage.',
  fields: (t) => ({
    name: t.string({ description: 'Its name, unique in the zone.' }),
    type: t.field({ type: StoragePoolType, description: 'How hosts reach it.' }),
    scope: t.field({
      type: StoragePoolScope,
      description: 'Which hosts reach it: HOST for a local directory, CLUSTER or ZONE for a shared one.',
    }),
    path: t.string({ description: 'Absolute path of its directory on the hosts; made where it is missing.' }),
  }),
});

const CreateStoragePoolInput = builder.inputType('CreateStoragePoolInput', {
  description: 'New primary storage of a zone.',
  fields: (t) => ({
    zoneId: t.id({ description: 'The zone.' }),
    clusterId: t.id({ required: false, description: 'For scope CLUSTER.' }),
    hostId: t.id({ required: false, description: 'For scope HOST.' }),
    name: t.string({ description: 'Its name, unique in the zone.' }),
    type: t.field({ type: StoragePoolType, description: 'How hosts reach it.' }),
    scope: t.field({ type: StoragePoolScope, description: 'Which hosts reach it.' }),
    path: t.string({ description: 'Absolute path of its directory on the hosts.' }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const CreateStoragePoolPayload = builder
  .objectRef<{ poolId: string; jobId: string }>('CreateStoragePoolPayload')
  .implement({
    description: 'The job that adds the pool.',
    fields: (t) => ({
      storagePoolId: t.exposeID('poolId', { description: 'Id that the pool will have.' }),
      job: jobField(t),
    }),
  });

builder.mutationField('createStoragePool', (t) =>
  t.field({
    type: CreateStoragePoolPayload,
    permission: 'storagePool.create',
    description:
      'Attaches a directory as primary storage on all hosts of its scope. Errors: NOT_FOUND, VALIDATION_FAILED.',
    args: { input: t.arg({ type: CreateStoragePoolInput, description: 'The pool.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.storagePools.create(actor, {
        ...input,
        zoneId: idArgument('Zone', 'input.zoneId', input.zoneId),
        clusterId: optionalId('Cluster', 'input.clusterId', input.clusterId),
        hostId: optionalId('Host', 'input.hostId', input.hostId),
      }),
  }),
);

const UpdateStoragePoolInput = builder.inputType('UpdateStoragePoolInput', {
  description: 'Which storage pool, and what is to be different. What is left out stays as it is.',
  fields: (t) => ({
    id: t.id({ description: 'The pool.' }),
    name: t.string({ required: false, description: 'Its name, unique in the zone.' }),
    tags: t.stringList({
      required: false,
      description: 'All tags that it is to have, which offerings may ask for; at most 50.',
    }),
    overprovisioning: t.float({
      required: false,
      description:
        'How many times its size it may be promised, 1 to 100; null: as the setting `storage.overprovisioning.factor` says.',
    }),
    isEnabled: t.boolean({
      required: false,
      description: 'Whether it takes new disks; those that lie on it are used all the same.',
    }),
    expectedVersion: t.int({
      required: false,
      description: 'Refuse with VERSION_CONFLICT if it was changed since this version.',
    }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const StoragePoolPayload = builder.objectRef<{ storagePoolId: string }>('StoragePoolPayload').implement({
  description: 'The storage pool that was changed.',
  fields: (t) => ({
    storagePool: t.field({
      type: StoragePool,
      description: 'The pool as it is now.',
      resolve: ({ storagePoolId }, _args, { load }) =>
        load.get('StoragePool', parseId('StoragePool', storagePoolId)),
    }),
  }),
});

builder.mutationField('updateStoragePool', (t) =>
  t.field({
    type: StoragePoolPayload,
    permission: 'storagePool.update',
    description:
      'Changes a pool’s name and tags, how much of it may be promised, and whether it takes new disks. Errors: NOT_FOUND, VALIDATION_FAILED, INVALID_STATE, VERSION_CONFLICT.',
    args: { input: t.arg({ type: UpdateStoragePoolInput, description: 'The pool, and what changes.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.storagePools.update(actor, { ...input, id: idArgument('StoragePool', 'input.id', input.id) }),
  }),
);
