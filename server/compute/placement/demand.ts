import type { PlacementStrategy } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { PlacementRules } from './rules.ts';

/** A disk that is still to be made. */
export interface NewDisk {
  sizeBytes: bigint;
  /** Its pool must have all of them. */
  storageTags: readonly string[];
}

/** What a machine needs of a host. What is left out is not asked for. */
export interface Demand {
  zoneId: Id<'Zone'>;
  /** The machine's owner: what is reserved for others is not for it, and what is reserved for it comes first. */
  accountId: Id<'Account'>;
  cpuMhz: number;
  memoryBytes: bigint;
  /** The host must have all of them; an explicit target only those that are strict. */
  hostTags: readonly string[];
  /** How hosts that fit are ordered; `null`: by the rules. */
  strategy: PlacementStrategy | null;
  /** Pools on which its disks lie already; the host must reach all of them. */
  poolIds: readonly Id<'StoragePool'>[];
  /** Disks to be made. A pool takes one of them only if it has room for all of them. */
  newDisks: readonly NewDisk[];
  /** Network in which it still needs an address; `null` when it has one. */
  networkId: Id<'GuestNetwork'> | null;
  /** Pod that its address is of, and so its host; `null` for any. */
  podId: Id<'Pod'> | null;
  /** Asked first. */
  preferredHostId: Id<'Host'> | null;
  /** Where it ran last: only hosts of the same hypervisor take it. */
  sameHypervisorAs?: Id<'Host'> | null;
  /** Groups that a machine which is still to be made will be in. */
  affinityGroupIds?: readonly Id<'AffinityGroup'>[];
  /** The machine itself, when there is one: its groups count, and it is not in its own way. */
  forMachineId?: Id<'VirtualMachine'>;
  /** This host or none. */
  targetHostId?: Id<'Host'> | null;
  /** A machine that moves while it runs stays in its cluster; thresholds, which keep new machines away, do not matter. */
  clusterId?: Id<'Cluster'>;
  excludedHostIds?: readonly Id<'Host'>[];
  /** New machines come only into an open zone. */
  needsOpenZone?: boolean;
  /** It starts by UEFI, and its host must have the firmware. */
  needsUefi?: boolean;
  /** Its agent must be able to take machines that run. */
  needsLiveMigration?: boolean;
}

/** Space for all disks to be made. */
export function newDiskBytes({ newDisks }: Pick<Demand, 'newDisks'>): bigint {
  return newDisks.reduce((total, { sizeBytes }) => total + sizeBytes, 0n);
}

/** Tags that the host must have. */
export function requiredTags(demand: Demand, { strictTags }: PlacementRules): string[] {
  return demand.targetHostId == null
    ? [...demand.hostTags]
    : demand.hostTags.filter((tag) => strictTags.includes(tag));
}
