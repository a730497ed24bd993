import { z } from 'zod';
import {
  bridgeField,
  cidrField,
  countField,
  hostNameField,
  idField,
  ipv4Field,
  macField,
  passwordHashField,
  pathField,
} from './fields.ts';

/** Where a primary storage pool lies on the host. */
export const poolReference = z.strictObject({ poolId: idField('StoragePool'), path: pathField });
export type PoolReference = z.output<typeof poolReference>;

/** A flat guest network as a host has to provide it: a bridge, and an answer to DHCP on it. */
export const guestNetworkSpec = z.strictObject({
  networkId: idField('GuestNetwork'),
  bridge: bridgeField,
  cidr: cidrField,
  gateway: ipv4Field,
  dns: z.array(ipv4Field).min(1).max(4),
  /** DNS domain of the guests. */
  domain: z
    .string()
    .regex(/^[a-z0-9.-]{1,253}$/)
    .nullable(),
});
export type GuestNetworkSpec = z.output<typeof guestNetworkSpec>;

export const nicSpec = z.strictObject({
  nicId: idField('Nic'),
  macAddress: macField,
  ipAddress: ipv4Field,
  /** Whether the guest's default route leads through it. */
  isDefault: z.boolean().default(true),
  network: guestNetworkSpec,
});
export type NicSpec = z.output<typeof nicSpec>;

export const diskSpec = z.strictObject({
  volumeId: idField('Volume'),
  pool: poolReference,
  /** 0 is the root disk. */
  deviceIndex: z.int().min(0).max(15),
});

export const bootMode = z.enum(['BIOS', 'UEFI']);

/**
 * What a guest's cloud-init is given, on a disc labelled CIDATA (its data source NoCloud). It takes it in once for
 * each version.
 */
export const machineSeed = z.strictObject({
  version: z.int().positive(),
  /** Lines for authorized_keys. */
  publicKeys: z.array(z.string().max(16_384)).max(100),
  /** As the owner wrote it. */
  userData: z.string().max(65_536).nullable(),
  /** Of the guest's ordinary user. */
  passwordHash: passwordHashField.nullable(),
});
export type MachineSeed = z.output<typeof machineSeed>;

/** All that a host needs to run a machine. */
export const machineSpec = z.strictObject({
  machineId: idField('VirtualMachine'),
  /** Host name, told to the guest by DHCP. */
  name: hostNameField,
  cpuCount: z.int().min(1).max(256),
  memoryBytes: countField,
  /** What it may be given while it runs; absent: what it has. */
  headroom: z
    .strictObject({ cpuCount: z.int().min(1).max(256), memoryBytes: countField })
    .nullable()
    .default(null),
  bootMode: bootMode.default('BIOS'),
  disks: z.array(diskSpec).min(1),
  /** Path of the ISO in its drive. */
  isoPath: pathField.nullable(),
  /** Starts from the disc in its drive first, whatever is on the root disk. */
  startsFromIso: z.boolean().default(false),
  nics: z.array(nicSpec),
  seed: machineSeed.nullable().default(null),
});
export type MachineSpec = z.output<typeof machineSpec>;

/** What a host knows of a machine's power; `ABSENT`: it has no such machine. */
export const powerState = z.enum(['ON', 'OFF', 'PAUSED', 'ABSENT']);
export type PowerState = z.output<typeof powerState>;

/** One machine as the host sees it. */
export const machineObservation = z.strictObject({
  machineId: idField('VirtualMachine'),
  power: powerState,
  /** Path of the ISO in its drive, as the hypervisor says. */
  isoPath: z.string().nullable(),
});
export type MachineObservation = z.output<typeof machineObservation>;

/** Counters since the machine was started, and its memory now. */
export const machineCounters = z.strictObject({
  machineId: idField('VirtualMachine'),
  /**
   * Since 1.1: which run of the machine it is, from its start to its end on this host. No two runs of a machine have the
   * same, on whichever hosts they are.
   */
  runId: z.string().min(1).max(100).optional(),
  cpuNanoseconds: countField,
  /** What the host holds for it. */
  memoryBytes: countField,
  /** What the guest has been given; a balloon may make it less than it was made with. */
  memoryAssignedBytes: countField,
  /** What of it the guest uses, if its balloon driver says so. */
  memoryUsedBytes: countField.nullable(),
  diskReadBytes: countField,
  diskWriteBytes: countField,
  diskReads: countField,
  diskWrites: countField,
  networkRxBytes: countField,
  networkTxBytes: countField,
});
export type MachineCounters = z.output<typeof machineCounters>;
