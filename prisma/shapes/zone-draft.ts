import type {
  Hypervisor,
  NetworkModel,
  StoragePoolScope,
  StoragePoolType,
  TrafficType,
} from '../generated/enums.ts';
import type { Id } from '../kernel/ids.ts';
import type { HostCheck } from './host-check.ts';

/** A machine of a draft that an agent is to be installed on, without what proves the user; text as it was typed. */
export interface ZoneDraftSsh {
  address: string;
  port: string;
  username: string;
  hostKeyFingerprint: string;
}

/** A host of a draft: an agent that has enrolled, or a machine that is entered over SSH. */
export interface ZoneDraftHost {
  /** Tells it from the other hosts of the draft. */
  key: string;
  name: string;
  agentId: string | null;
  ssh: ZoneDraftSsh | null;
}

/** What was typed of a zone, part by part. Numbers are text too: what is no number is kept, and refused by its field. */
export interface ZoneDraftPlan {
  zone: {
    name: string;
    networkModel: NetworkModel;
    dns1: string;
    dns2: string;
    internalDns1: string;
    internalDns2: string;
    networkDomain: string;
    dedicatedDomainId: string | null;
    dedicatedAccountId: string | null;
  };
  physicalNetworks: { name: string; traffic: { type: TrafficType; label: string }[] }[];
  pod: { name: string; cidr: string; gateway: string; reservedStart: string; reservedEnd: string };
  guestRange: { cidr: string; gateway: string; startIp: string; endIp: string };
  cluster: { name: string; hypervisor: Hypervisor; cpuOvercommit: string; memoryOvercommit: string };
  hosts: ZoneDraftHost[];
  primaryStorage: { name: string; type: StoragePoolType; scope: StoragePoolScope; path: string };
  imageStore: { name: string; path: string; agentId: string | null };
}

/** What was found on machines, by the host's key in the draft. */
export type ZoneDraftChecks = Record<
  string,
  { hostKey: string | null; checks: HostCheck[]; /** RFC 3339. */ at: string }
>;

/** Ids of what a launch makes: given at its start, so that every repetition makes the same. */
export interface ZoneDraftIds {
  zoneId: Id<'Zone'>;
  physicalNetworkIds: Id<'PhysicalNetwork'>[];
  podId: Id<'Pod'>;
  networkId: Id<'GuestNetwork'>;
  clusterId: Id<'Cluster'>;
  poolId: Id<'StoragePool'>;
  imageStoreId: Id<'ImageStore'>;
  /** By the host's key in the draft. */
  hostIds: Record<string, Id<'Host'>>;
}
