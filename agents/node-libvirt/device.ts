import type { addressSources, deviceFlags, memoryFlags, vcpuFlags } from './constants.ts';
import type { Libvirt } from './connection.ts';
import type { ImpactFlag } from './domain.ts';
import type { CallOptions } from './pending-call.ts';
import { procedures } from './procedures.ts';
import type { DomainRef } from './references.ts';
import type { GuestInterface } from './results.ts';
import type { TypedParameter } from './typed-parameters.ts';

/** Changing what a virtual machine consists of: devices, memory, virtual CPUs, limits. */

export type DeviceFlag = keyof typeof deviceFlags;
export type MemoryFlag = keyof typeof memoryFlags;
export type VcpuFlag = keyof typeof vcpuFlags;
export type AddressSource = (typeof addressSources)[number];

/** Adds the device of this XML to the running domain (LIVE), to its definition (CONFIG), or to both. */
export function attachDevice(
  libvirt: Libvirt,
  domain: DomainRef,
  xml: string,
  flags: readonly DeviceFlag[],
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.domainAttachDeviceFlags, [domain, xml, flags], options);
}

/**
 * Takes out the device that matches this XML. From a running domain it is gone only with the event DEVICE_REMOVED:
 * the guest has to let go of it, and may not (DEVICE_REMOVAL_FAILED, or nothing at all).
 */
export function detachDevice(
  libvirt: Libvirt,
  domain: DomainRef,
  xml: string,
  flags: readonly DeviceFlag[],
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.domainDetachDeviceFlags, [domain, xml, flags], options);
}

/** As `detachDevice`, for the device with this alias. */
export function detachDeviceAlias(
  libvirt: Libvirt,
  domain: DomainRef,
  alias: string,
  flags: readonly DeviceFlag[],
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.domainDetachDeviceAlias, [domain, alias, flags], options);
}

/** Changes a device in place: the disc in a drive (FORCE when the guest has locked the tray), a NIC's link ... */
export function updateDevice(
  libvirt: Libvirt,
  domain: DomainRef,
  xml: string,
  flags: readonly DeviceFlag[],
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.domainUpdateDeviceFlags, [domain, xml, flags], options);
}

/** Sets memory in bytes, rounded up to KiB: what the guest has, or with MAXIMUM what it may have. */
export function setMemory(
  libvirt: Libvirt,
  domain: DomainRef,
  bytes: bigint,
  flags: readonly MemoryFlag[],
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.domainSetMemoryFlags, [domain, bytes, flags], options);
}

/** How often the balloon driver reports the guest's memory, in seconds; 0 for never. */
export function setMemoryStatisticsPeriod(
  libvirt: Libvirt,
  domain: DomainRef,
  seconds: number,
  impact: readonly ImpactFlag[] = [],
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.domainSetMemoryStatsPeriod, [domain, seconds, impact], options);
}

/** Sets the number of virtual CPUs that are switched on, or with MAXIMUM the number there can be. */
export function setVcpus(
  libvirt: Libvirt,
  domain: DomainRef,
  count: number,
  flags: readonly VcpuFlag[],
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.domainSetVcpusFlags, [domain, count, flags], options);
}

/** Limits of a disk: `total_iops_sec`, `read_bytes_sec` ... as ULLONG, 0 for none. `disk` is its target, `vda`. */
export function setBlockIoTune(
  libvirt: Libvirt,
  domain: DomainRef,
  disk: string,
  limits: readonly TypedParameter[],
  impact: readonly ImpactFlag[] = [],
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.domainSetBlockIoTune, [domain, disk, limits, impact], options);
}

/** Limits of a NIC, named by MAC address or tap: `inbound.average` ... as UINT in KiB/s, 0 for none. */
export function setInterfaceParameters(
  libvirt: Libvirt,
  domain: DomainRef,
  device: string,
  limits: readonly TypedParameter[],
  impact: readonly ImpactFlag[] = [],
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.domainSetInterfaceParameters, [domain, device, limits, impact], options);
}

/** The running guest's interfaces and addresses as one source knows them. */
export function getInterfaceAddresses(
  libvirt: Libvirt,
  domain: DomainRef,
  source: AddressSource,
  options?: CallOptions,
): Promise<readonly GuestInterface[]> {
  return libvirt.call(procedures.domainInterfaceAddresses, [domain, source], options);
}
