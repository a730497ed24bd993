import { builder } from '../../graphql/builder.ts';
import type { Reason } from './conditions.ts';

/** What each reason says, under the name that the API gives it. */
const reasons: Record<Reason, { name: string; description: string }> = {
  hostNotUp: { name: 'HOST_NOT_UP', description: 'The platform does not hear from the host.' },
  hostNotEnabled: { name: 'HOST_NOT_ENABLED', description: 'The host is disabled, or in maintenance.' },
  clusterNotEnabled: { name: 'CLUSTER_NOT_ENABLED', description: 'Its cluster is closed for machines.' },
  zoneNotEnabled: { name: 'ZONE_NOT_ENABLED', description: 'Its zone is closed for new machines.' },
  otherHost: { name: 'OTHER_HOST', description: 'It is not the host that was asked for.' },
  excludedHost: { name: 'EXCLUDED_HOST', description: 'It is the host that the machine is to leave.' },
  otherCluster: {
    name: 'OTHER_CLUSTER',
    description: 'It is in another cluster than the machine, which runs.',
  },
  otherPod: { name: 'OTHER_POD', description: 'It is in another pod than the machine’s address.' },
  otherHypervisor: {
    name: 'OTHER_HYPERVISOR',
    description: 'Its hypervisor is another than the machine ran on last.',
  },
  noLiveMigration: { name: 'NO_LIVE_MIGRATION', description: 'It cannot take machines that run.' },
  noUefi: { name: 'NO_UEFI', description: 'It has no UEFI firmware, by which the machine starts.' },
  reservedForOthers: {
    name: 'RESERVED_FOR_OTHERS',
    description: 'The host, its cluster or its pod is reserved for others.',
  },
  tagsMissing: { name: 'TAGS_MISSING', description: 'It lacks tags that the offering asks for.' },
  apartFromGroup: {
    name: 'APART_FROM_GROUP',
    description: 'It does not run the machines that the machine must be together with.',
  },
  togetherWithGroup: {
    name: 'TOGETHER_WITH_GROUP',
    description: 'It runs a machine that the machine must be apart from.',
  },
  storageNotReached: {
    name: 'STORAGE_NOT_REACHED',
    description: 'It does not reach a pool that a disk of the machine lies on.',
  },
  storageTagsMissing: {
    name: 'STORAGE_TAGS_MISSING',
    description: 'It reaches no pool with the tags that the offering asks for.',
  },
  tooLittleStorage: {
    name: 'TOO_LITTLE_STORAGE',
    description: 'No pool that it reaches has room for the new disks.',
  },
  noFreeAddress: { name: 'NO_FREE_ADDRESS', description: 'There is no free address in its pod.' },
  tooLittleCpu: { name: 'TOO_LITTLE_CPU', description: 'Too much of its processors is promised.' },
  tooLittleMemory: { name: 'TOO_LITTLE_MEMORY', description: 'Too much of its memory is promised.' },
  clusterCpuThreshold: {
    name: 'CLUSTER_CPU_THRESHOLD',
    description:
      'Its cluster promised more of its processors than `cluster.cpu.allocated.capacity.disablethreshold` says.',
  },
  clusterMemoryThreshold: {
    name: 'CLUSTER_MEMORY_THRESHOLD',
    description:
      'Its cluster promised more of its memory than `cluster.memory.allocated.capacity.disablethreshold` says.',
  },
};

/** Why a host does not take a machine. */
export const PlacementReason = builder.enumType('PlacementReason', {
  description: 'Why a host does not take a machine.',
  values: Object.fromEntries(
    (Object.entries(reasons) as [Reason, (typeof reasons)[Reason]][]).map(
      ([value, { name, description }]) => [name, { value, description }],
    ),
  ),
});
