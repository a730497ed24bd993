import type { Row } from '@nephos/model/database.ts';
import type { Hypervisor as Hypervisors } from '@nephos/model/generated/enums.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { addListField } from '../../graphql/list-field.ts';
import { Pod } from '../pod/schema.ts';
import { AllocationState, Zone } from '../zone/schema.ts';

export const Hypervisor = builder.enumType('Hypervisor', {
  description: 'What runs machines on a host.',
  values: {
    KVM: { description: 'QEMU through libvirt, with KVM where the processor lends itself to it.' },
    SIMULATOR: { description: 'Nothing: machines exist in memory only. For tests and for looking around.' },
  } satisfies Record<keyof typeof Hypervisors, { description: string }>,
});

/** A cluster. */
export const Cluster = builder.objectRef<Row<'Cluster'>>('Cluster').implement({
  description: 'Hosts of one hypervisor type that share primary storage.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, unique in the pod.' }),
    hypervisor: t.field({
      type: Hypervisor,
      description: 'What all of its hosts run.',
      resolve: ({ hypervisor }) => hypervisor,
    }),
    allocationState: t.field({
      type: AllocationState,
      description: 'Whether new machines may come.',
      resolve: (cluster) => cluster.allocationState,
    }),
    cpuOvercommit: t.exposeFloat('cpuOvercommit', {
      description: 'How many times their processors the hosts may be promised.',
    }),
    memoryOvercommit: t.exposeFloat('memoryOvercommit', {
      description: 'How many times their memory the hosts may be promised.',
    }),
    pod: t.field({
      type: Pod,
      description: 'The pod it is in.',
      resolve: ({ podId }, _args, { load }) => load.get('Pod', podId),
    }),
    zone: t.field({
      type: Zone,
      description: 'The zone it is in.',
      resolve: ({ zoneId }, _args, { load }) => load.get('Zone', zoneId),
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

export const ClusterPlanInput = builder.inputType('ClusterPlanInput', {
  description: 'A new cluster.',
  fields: (t) => ({
    name: t.string({ description: 'Its name, unique in the pod.' }),
    hypervisor: t.field({ type: Hypervisor, description: 'What all of its hosts run.' }),
    cpuOvercommit: t.float({
      required: false,
      description: 'How many times their processors the hosts may be promised, 1 to 100; 4 when left out.',
    }),
    memoryOvercommit: t.float({
      required: false,
      description: 'How many times their memory the hosts may be promised, 1 to 100; 1 when left out.',
    }),
  }),
});

const ClusterFilter = builder.inputType('ClusterFilter', {
  description: 'Which clusters.',
  fields: (t) => ({
    zoneId: t.id({ required: false, description: 'In this zone.' }),
    podId: t.id({ required: false, description: 'In this pod.' }),
  }),
});

addListField({
  field: 'clusters',
  type: 'Cluster',
  plural: 'clusters',
  node: Cluster,
  table: 'Cluster',
  permission: 'cluster.list',
  searched: ['name'],
  orders: { NAME: { column: 'name', description: 'By name.' } },
  filter: {
    input: ClusterFilter,
    where: ({ zoneId, podId }) => [
      ...(zoneId == null ? [] : [sql<boolean>`"zoneId" = ${zoneId}`]),
      ...(podId == null ? [] : [sql<boolean>`"podId" = ${podId}`]),
    ],
  },
});

const CreateClusterInput = builder.inputType('CreateClusterInput', {
  description: 'A new cluster of a pod.',
  fields: (t) => ({
    podId: t.id({ description: 'The pod.' }),
    cluster: t.field({ type: ClusterPlanInput, description: 'The cluster.' }),
  }),
});

/** What mutations of a cluster answer. */
export const ClusterPayload = builder.objectRef<{ clusterId: string }>('ClusterPayload').implement({
  description: 'The cluster that was changed.',
  fields: (t) => ({
    cluster: t.field({
      type: Cluster,
      description: 'The cluster as it is now.',
      resolve: ({ clusterId }, _args, { load }) => load.get('Cluster', parseId('Cluster', clusterId)),
    }),
  }),
});

const CreateClusterPayload = builder.objectRef<{ clusterId: string }>('CreateClusterPayload').implement({
  description: 'The new cluster.',
  fields: (t) => ({
    cluster: t.field({
      type: Cluster,
      description: 'The cluster.',
      resolve: ({ clusterId }, _args, { load }) => load.get('Cluster', parseId('Cluster', clusterId)),
    }),
  }),
});

builder.mutationField('createCluster', (t) =>
  t.field({
    type: CreateClusterPayload,
    permission: 'cluster.create',
    description: 'Adds a cluster to a pod. Errors: NOT_FOUND, VALIDATION_FAILED.',
    args: { input: t.arg({ type: CreateClusterInput, description: 'The cluster.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.clusters.create(actor, {
        ...input.cluster,
        podId: idArgument('Pod', 'input.podId', input.podId),
      }),
  }),
);

const UpdateClusterInput = builder.inputType('UpdateClusterInput', {
  description: 'Which cluster, and what is to be different. What is left out stays as it is.',
  fields: (t) => ({
    id: t.id({ description: 'The cluster.' }),
    name: t.string({ required: false, description: 'Its name, unique in the pod.' }),
    allocationState: t.field({
      type: AllocationState,
      required: false,
      description: 'Whether new machines may come.',
    }),
    cpuOvercommit: t.float({
      required: false,
      description: 'How many times their processors the hosts may be promised, 1 to 100.',
    }),
    memoryOvercommit: t.float({
      required: false,
      description: 'How many times their memory the hosts may be promised, 1 to 100.',
    }),
    expectedVersion: t.int({
      required: false,
      description: 'Refuse with VERSION_CONFLICT if it was changed since this version.',
    }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('updateCluster', (t) =>
  t.field({
    type: ClusterPayload,
    permission: 'cluster.update',
    description:
      'Opens a cluster for machines or closes it, and changes how much its hosts may be promised. What runs there runs on, also where more is promised by then. Errors: NOT_FOUND, VALIDATION_FAILED, VERSION_CONFLICT.',
    args: { input: t.arg({ type: UpdateClusterInput, description: 'The cluster, and what changes.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.clusters.update(actor, { ...input, id: idArgument('Cluster', 'input.id', input.id) }),
  }),
);
