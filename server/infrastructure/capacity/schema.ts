import { builder, Node } from '../../graphql/builder.ts';
import { findNode } from '../../graphql/node-schema.ts';
import type { CapacityRow } from './capacity-store.ts';

/** In percent; of nothing, nothing is used. */
function percentOf(part: bigint | number, whole: bigint | number): number {
  return Number(whole) === 0 ? 0 : (100 * Number(part)) / Number(whole);
}

const CpuCapacity = builder.objectRef<CapacityRow>('CpuCapacity').implement({
  description: 'Processors, in megahertz: cores times frequency.',
  fields: (t) => ({
    physicalMhz: t.float({
      description: 'What the hosts have.',
      resolve: ({ cpuMhzPhysical }) => Number(cpuMhzPhysical),
    }),
    totalMhz: t.float({
      description: 'What may be promised, over-provisioning included.',
      resolve: ({ cpuMhzTotal }) => Number(cpuMhzTotal),
    }),
    reservedMhz: t.float({
      description: 'What is promised to machines.',
      resolve: ({ cpuMhzReserved }) => Number(cpuMhzReserved),
    }),
    percent: t.float({
      description: 'How much of what may be promised is.',
      resolve: ({ cpuMhzReserved, cpuMhzTotal }) => percentOf(cpuMhzReserved, cpuMhzTotal),
    }),
  }),
});

const MemoryCapacity = builder.objectRef<CapacityRow>('MemoryCapacity').implement({
  description: 'Memory.',
  fields: (t) => ({
    physical: t.expose('memoryBytesPhysical', { type: 'Bytes', description: 'What the hosts have.' }),
    total: t.expose('memoryBytesTotal', {
      type: 'Bytes',
      description: 'What may be promised, over-provisioning included.',
    }),
    reserved: t.expose('memoryBytesReserved', {
      type: 'Bytes',
      description: 'What is promised to machines.',
    }),
    percent: t.float({
      description: 'How much of what may be promised is.',
      resolve: ({ memoryBytesReserved, memoryBytesTotal }) =>
        percentOf(memoryBytesReserved, memoryBytesTotal),
    }),
  }),
});

const PrimaryStorageCapacity = builder.objectRef<CapacityRow>('PrimaryStorageCapacity').implement({
  description: 'Storage pools.',
  fields: (t) => ({
    physical: t.expose('storageBytesPhysical', { type: 'Bytes', description: 'What the pools have.' }),
    total: t.expose('storageBytesTotal', {
      type: 'Bytes',
      description: 'What may be promised, over-provisioning included.',
    }),
    reserved: t.expose('storageBytesReserved', {
      type: 'Bytes',
      description: 'What is promised: the sizes of all disks.',
    }),
    percent: t.float({
      description: 'How much of what may be promised is.',
      resolve: ({ storageBytesReserved, storageBytesTotal }) =>
        percentOf(storageBytesReserved, storageBytesTotal),
    }),
    used: t.expose('storageBytesUsed', { type: 'Bytes', description: 'Used, as the file systems say.' }),
    usedPercent: t.float({
      description: 'How much of what the pools have is used.',
      resolve: ({ storageBytesUsed, storageBytesPhysical }) =>
        percentOf(storageBytesUsed, storageBytesPhysical),
    }),
  }),
});

interface Share<Amount> {
  total: Amount;
  used: Amount;
}

const SecondaryStorageCapacity = builder.objectRef<Share<bigint>>('SecondaryStorageCapacity').implement({
  description: 'Image stores.',
  fields: (t) => ({
    total: t.expose('total', { type: 'Bytes', description: 'What they have.' }),
    used: t.expose('used', { type: 'Bytes', description: 'Used, as the file systems say.' }),
    percent: t.float({
      description: 'How much is used.',
      resolve: ({ used, total }) => percentOf(used, total),
    }),
  }),
});

const AddressCapacity = builder.objectRef<Share<number>>('AddressCapacity').implement({
  description: 'Addresses for guests.',
  fields: (t) => ({
    total: t.exposeInt('total', { description: 'How many there are.' }),
    taken: t.exposeInt('used', { description: 'How many machines have.' }),
    percent: t.float({
      description: 'How much is taken.',
      resolve: ({ used, total }) => percentOf(used, total),
    }),
  }),
});

/** How much of a part of the cloud is promised and used. */
export const Capacity = builder.objectRef<CapacityRow>('Capacity').implement({
  description:
    'How much of the cloud, or of a part of it, is promised and used. What is shared by several parts counts for the whole only: a pool of a zone for the zone, not for its pods.',
  fields: (t) => ({
    scopeId: t.exposeID('id', {
      nullable: true,
      description: 'Id of the zone, pod, cluster or host; null: the whole cloud.',
    }),
    name: t.exposeString('name', { nullable: true, description: 'Its name; null: the whole cloud.' }),
    scope: t.field({
      type: Node,
      nullable: true,
      description: 'The zone, pod, cluster or host; null: the whole cloud.',
      resolve: ({ id }, _args, context) => (id === null ? null : findNode(context, id)),
    }),
    hosts: t.exposeInt('hosts', { description: 'How many hosts there are.' }),
    openHosts: t.exposeInt('openHosts', { description: 'How many of them take new machines now.' }),
    machines: t.exposeInt('machines', { description: 'How many machines are on them.' }),
    cpu: t.field({ type: CpuCapacity, description: 'Processors.', resolve: (row) => row }),
    memory: t.field({ type: MemoryCapacity, description: 'Memory.', resolve: (row) => row }),
    primaryStorage: t.field({
      type: PrimaryStorageCapacity,
      description: 'Storage pools, those that are disabled too.',
      resolve: (row) => row,
    }),
    secondaryStorage: t.field({
      type: SecondaryStorageCapacity,
      nullable: true,
      description: 'Image stores; null below zones.',
      resolve: ({ secondaryBytesTotal: total, secondaryBytesUsed: used }) =>
        total === null || used === null ? null : { total, used },
    }),
    guestAddresses: t.field({
      type: AddressCapacity,
      nullable: true,
      description: 'Addresses for guests; null below pods.',
      resolve: ({ addressesTotal: total, addressesTaken: used }) =>
        total === null || used === null ? null : { total, used },
    }),
  }),
});

const scopeId = 'A zone, pod, cluster or host; the whole cloud when left out.';

builder.queryField('capacity', (t) =>
  t.field({
    type: Capacity,
    permission: 'capacity.list',
    description:
      'How much of the cloud, or of a part of it, is promised and used. Errors: NOT_FOUND, VALIDATION_FAILED.',
    args: { scopeId: t.arg.id({ required: false, description: scopeId }) },
    resolve: (_parent, args, { services, actor }) => services.capacities.read(actor, args.scopeId ?? null),
  }),
);

builder.queryField('capacities', (t) =>
  t.field({
    type: [Capacity],
    permission: 'capacity.list',
    description:
      'The same for each part of it, the fullest first: zones of the cloud, pods of a zone, clusters of a pod, hosts of a cluster; a host has none. Errors: NOT_FOUND, VALIDATION_FAILED.',
    args: {
      scopeId: t.arg.id({ required: false, description: scopeId }),
      first: t.arg.int({ defaultValue: 100, description: 'How many at most: 1 to 500.' }),
    },
    resolve: (_parent, args, { services, actor }) =>
      services.capacities.readParts(actor, args.scopeId ?? null, args.first),
  }),
);
