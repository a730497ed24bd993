import {
  type Codec,
  hyper,
  int,
  kibibytes,
  list,
  named,
  optional,
  readOnly,
  record,
  text,
  uhyper,
  uint,
} from './codec.ts';
import {
  addressTypes,
  blockJobTypes,
  domainStates,
  jobTypes,
  poolStates,
  stateReasons,
  volumeTypes,
} from './constants.ts';
import { type DomainRef, domainRef } from './references.ts';
import { type TypedValues, typedValues } from './typed-parameters.ts';

/** What calls answer, in bytes and named states. XDR gives every `char` and `short` of libvirt a whole word. */

/** The state of a domain; `UNKNOWN` is one that a newer libvirt has invented. */
export type DomainStateName = (typeof domainStates)[number] | 'UNKNOWN';

const domainStateName = named(domainStates);

/** A domain's state and, where libvirt knows it, how it came to it. */
export type DomainState =
  | {
      [S in keyof typeof stateReasons]: {
        readonly state: S;
        readonly reason: (typeof stateReasons)[S][number];
      };
    }[keyof typeof stateReasons]
  | { readonly state: 'UNKNOWN'; readonly reason: 'UNKNOWN' };

export const domainState: Codec<DomainState> = readOnly((from) => {
  const state = domainStateName.read(from);
  const reason = from.int();
  if (state === 'UNKNOWN') return { state, reason: 'UNKNOWN' };
  return { state, reason: stateReasons[state][reason] ?? 'UNKNOWN' } as DomainState;
});

/** The short facts of a domain. */
export interface DomainInfo {
  readonly state: DomainStateName;
  /** Ceiling of its memory, in bytes. */
  readonly maximumMemory: bigint;
  /** What it has now, in bytes. */
  readonly memory: bigint;
  /** Virtual CPUs that are switched on. */
  readonly vcpus: number;
  /** CPU time used by the running instance. */
  readonly cpuTimeNanoseconds: bigint;
}

export const domainInfo: Codec<DomainInfo> = record<DomainInfo>({
  state: domainStateName,
  maximumMemory: kibibytes,
  memory: kibibytes,
  vcpus: uint,
  cpuTimeNanoseconds: uhyper,
});

/** A domain and what is measured of it, under libvirt's names (`cpu.time`, `balloon.current` ...). */
export interface DomainStatistics {
  readonly domain: DomainRef;
  /** In libvirt's units: nanoseconds for times, KiB for `balloon.*`, bytes for `block.*` and `net.*`. */
  readonly values: TypedValues;
}

export const domainStatistics: Codec<DomainStatistics> = record<DomainStatistics>({
  domain: domainRef,
  values: typedValues(262_144),
});

/** An address of a guest's network interface. */
export interface GuestAddress {
  readonly type: (typeof addressTypes)[number] | 'UNKNOWN';
  readonly address: string;
  /** Length of the network prefix in bits. */
  readonly prefix: number;
}

/** A network interface as lease file, guest agent or ARP table know it. */
export interface GuestInterface {
  /** The tap device for LEASE and ARP, the guest's own name for AGENT. */
  readonly name: string;
  /** MAC address, null where the source has none. */
  readonly mac: string | null;
  readonly addresses: readonly GuestAddress[];
}

export const domainInterface: Codec<GuestInterface> = record<GuestInterface>({
  name: text,
  mac: optional(text),
  addresses: list(record<GuestAddress>({ type: named(addressTypes), address: text, prefix: uint }), 2048),
});

/** Sizes of a disk, in bytes. */
export interface BlockInfo {
  /** Bytes that the image holds for the guest. */
  readonly allocation: bigint;
  /** What the guest sees. */
  readonly capacity: bigint;
  /** What the image takes on its storage. */
  readonly physical: bigint;
}

export const blockInfo: Codec<BlockInfo> = record<BlockInfo>({
  allocation: uhyper,
  capacity: uhyper,
  physical: uhyper,
});

/** A block job that runs on a disk. Copies and active commits are ready for the pivot once current equals end. */
export interface BlockJobInfo {
  readonly type: (typeof blockJobTypes)[number] | 'UNKNOWN';
  /** 0: no limit. */
  readonly bandwidthBytesPerSecond: bigint;
  readonly current: bigint;
  readonly end: bigint;
}

const someBlockJob = record<BlockJobInfo>({
  type: named(blockJobTypes),
  bandwidthBytesPerSecond: uhyper,
  current: uhyper,
  end: uhyper,
});

export const blockJobInfo: Codec<BlockJobInfo | null> = readOnly((from) => {
  const isFound = from.int() !== 0;
  // Without a job the numbers are there all the same, and mean nothing.
  const job = someBlockJob.read(from);
  return isFound ? job : null;
});

/** A job on a whole domain (migration, save, dump, backup, snapshot). */
export interface JobStatistics {
  readonly type: (typeof jobTypes)[number] | 'UNKNOWN';
  /** Under libvirt's names: `data_total`, `memory_processed` in bytes, `time_elapsed`, `downtime` in ms ... */
  readonly values: TypedValues;
}

export const jobStatistics: Codec<JobStatistics> = record<JobStatistics>({
  type: named(jobTypes),
  values: typedValues(64),
});

/** The host's CPUs and memory. */
export interface NodeInfo {
  /** CPU architecture, `x86_64`. */
  readonly model: string;
  /** Memory in bytes. */
  readonly memory: bigint;
  /** CPUs that are online. */
  readonly cpus: number;
  /** 0 when unknown. */
  readonly megahertz: number;
  readonly numaNodes: number;
  /** Per NUMA node. */
  readonly sockets: number;
  /** Per socket. */
  readonly cores: number;
  /** Per core. */
  readonly threads: number;
}

// `char model[32]`: one word per character, and NUL after the last.
const modelText: Codec<string> = readOnly((from) => {
  const characters = Array.from({ length: 32 }, () => from.int());
  const end = characters.indexOf(0);
  return String.fromCharCode(...characters.slice(0, end < 0 ? undefined : end));
});

export const nodeInfo: Codec<NodeInfo> = record<NodeInfo>({
  model: modelText,
  memory: kibibytes,
  cpus: int,
  megahertz: int,
  numaNodes: int,
  sockets: int,
  cores: int,
  threads: int,
});

interface NodeStatistics {
  readonly values: readonly { readonly name: string; readonly value: bigint }[];
  /** How many there are, also when none were asked for. */
  readonly available: number;
}

export const nodeStatistics: Codec<NodeStatistics> = record<NodeStatistics>({
  values: list(record<{ name: string; value: bigint }>({ name: text, value: uhyper }), 16),
  available: int,
});

/** A DHCP lease given out by a network's dnsmasq. */
export interface DhcpLease {
  readonly bridge: string;
  /** Seconds since 1970. */
  readonly expires: bigint;
  readonly type: (typeof addressTypes)[number] | 'UNKNOWN';
  readonly mac: string | null;
  readonly iaid: string | null;
  readonly address: string;
  readonly prefix: number;
  readonly hostname: string | null;
  readonly clientId: string | null;
}

export const dhcpLease: Codec<DhcpLease> = record<DhcpLease>({
  bridge: text,
  expires: hyper,
  type: named(addressTypes),
  mac: optional(text),
  iaid: optional(text),
  address: text,
  prefix: uint,
  hostname: optional(text),
  clientId: optional(text),
});

/** A storage pool's state and sizes in bytes. */
export interface PoolInfo {
  readonly state: (typeof poolStates)[number] | 'UNKNOWN';
  readonly capacity: bigint;
  readonly allocation: bigint;
  readonly available: bigint;
}

export const poolInfo: Codec<PoolInfo> = record<PoolInfo>({
  state: named(poolStates),
  capacity: uhyper,
  allocation: uhyper,
  available: uhyper,
});

/** A volume's kind and sizes in bytes. */
export interface VolumeInfo {
  readonly type: (typeof volumeTypes)[number] | 'UNKNOWN';
  readonly capacity: bigint;
  readonly allocation: bigint;
}

export const volumeInfo: Codec<VolumeInfo> = record<VolumeInfo>({
  type: named(volumeTypes),
  capacity: uhyper,
  allocation: uhyper,
});
