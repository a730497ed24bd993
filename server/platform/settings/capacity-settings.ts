import { wholeNumber } from './definition.ts';

/** How far the cloud may be filled, and when operators are told. */
export const capacitySettings = {
  'storage.overprovisioning.factor': wholeNumber({
    description: 'How many times its capacity a storage pool may be promised.',
    fallback: '2',
    from: 1,
    to: 100,
    scopes: ['ZONE'],
  }),
  'pool.storage.allocated.capacity.disablethreshold': wholeNumber({
    description: 'Percent of used space above which a pool gets no new volumes.',
    fallback: '85',
    from: 1,
    to: 100,
    scopes: ['STORAGE_POOL', 'ZONE'],
  }),
  'cluster.cpu.allocated.capacity.disablethreshold': wholeNumber({
    description:
      'Percent of its processors, as they may be promised, above which a cluster gets no new machines.',
    fallback: '85',
    from: 1,
    to: 100,
    scopes: ['CLUSTER', 'ZONE'],
  }),
  'cluster.memory.allocated.capacity.disablethreshold': wholeNumber({
    description: 'Percent of its memory, as it may be promised, above which a cluster gets no new machines.',
    fallback: '85',
    from: 1,
    to: 100,
    scopes: ['CLUSTER', 'ZONE'],
  }),
  'cluster.cpu.allocated.capacity.notificationthreshold': wholeNumber({
    description:
      'Percent of its processors, as they may be promised, above which an alert tells of a cluster.',
    fallback: '75',
    from: 1,
    to: 100,
    scopes: ['CLUSTER', 'ZONE'],
  }),
  'cluster.memory.allocated.capacity.notificationthreshold': wholeNumber({
    description: 'Percent of its memory, as it may be promised, above which an alert tells of a cluster.',
    fallback: '75',
    from: 1,
    to: 100,
    scopes: ['CLUSTER', 'ZONE'],
  }),
  'cluster.storage.capacity.notificationthreshold': wholeNumber({
    description: 'Percent of used space above which an alert tells of a storage pool.',
    fallback: '75',
    from: 1,
    to: 100,
    scopes: ['STORAGE_POOL', 'ZONE'],
  }),
  'cluster.storage.allocated.capacity.notificationthreshold': wholeNumber({
    description: 'Percent of what it may promise above which an alert tells of a storage pool.',
    fallback: '75',
    from: 1,
    to: 100,
    scopes: ['STORAGE_POOL', 'ZONE'],
  }),
  'zone.secstorage.capacity.notificationthreshold': wholeNumber({
    description: 'Percent of used space above which an alert tells of an image store.',
    fallback: '75',
    from: 1,
    to: 100,
  }),
  'zone.directnetwork.publicip.capacity.notificationthreshold': wholeNumber({
    description: 'Percent of its guest addresses that are taken above which an alert tells of a pod.',
    fallback: '75',
    from: 1,
    to: 100,
  }),
} as const;
