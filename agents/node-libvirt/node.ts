import type { Libvirt } from './connection.ts';
import type { CallOptions } from './pending-call.ts';
import { procedures } from './procedures.ts';
import type { NodeInfo } from './results.ts';

/** The host that the daemon runs on, and what its hypervisor can do. */

/** A version of three parts. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

// libvirt's versions are 1,000,000 * major + 1,000 * minor + patch.
function versionFrom(packed: bigint): Version {
  const value = Number(packed);
  return {
    major: Math.floor(value / 1_000_000),
    minor: Math.floor(value / 1000) % 1000,
    patch: value % 1000,
  };
}

/** Version of the hypervisor, QEMU for instance. */
export async function getHypervisorVersion(libvirt: Libvirt, options?: CallOptions): Promise<Version> {
  return versionFrom(await libvirt.call(procedures.connectGetVersion, [], options));
}

/** Version of the daemon. */
export async function getLibvirtVersion(libvirt: Libvirt, options?: CallOptions): Promise<Version> {
  return versionFrom(await libvirt.call(procedures.connectGetLibVersion, [], options));
}

/** Name of the driver, `QEMU`. */
export function getDriverType(libvirt: Libvirt, options?: CallOptions): Promise<string> {
  return libvirt.call(procedures.connectGetType, [], options);
}

/** The host's name as the daemon knows it. */
export function getHostname(libvirt: Libvirt, options?: CallOptions): Promise<string> {
  return libvirt.call(procedures.connectGetHostname, [], options);
}

/** The connection's URI as the daemon completes it. */
export function getUri(libvirt: Libvirt, options?: CallOptions): Promise<string> {
  return libvirt.call(procedures.connectGetUri, [], options);
}

/** XML `<capabilities>`: the host's CPU and topology, and which guests it can run. */
export function getCapabilities(libvirt: Libvirt, options?: CallOptions): Promise<string> {
  return libvirt.call(procedures.connectGetCapabilities, [], options);
}

/**
 * XML `<domainCapabilities>`: devices and CPU models for one kind of guest; what is left out takes the host's
 * default.
 */
export function getDomainCapabilities(
  libvirt: Libvirt,
  guest: { emulator?: string; architecture?: string; machine?: string; virtualization?: 'kvm' | 'qemu' } = {},
  options?: CallOptions,
): Promise<string> {
  const { emulator = null, architecture = null, machine = null, virtualization = null } = guest;
  return libvirt.call(
    procedures.connectGetDomainCapabilities,
    [emulator, architecture, machine, virtualization],
    options,
  );
}

/** CPUs and memory of the host. */
export function getNodeInfo(libvirt: Libvirt, options?: CallOptions): Promise<NodeInfo> {
  return libvirt.call(procedures.nodeGetInfo, [], options);
}

/** Free memory of the host in bytes; caches are not counted as free. */
export function getFreeMemory(libvirt: Libvirt, options?: CallOptions): Promise<bigint> {
  return libvirt.call(procedures.nodeGetFreeMemory, [], options);
}

/** Time that the host's CPUs have spent since it booted, in ns: `kernel`, `user`, `idle`, `iowait` ... */
export async function getCpuTimes(
  libvirt: Libvirt,
  cpu?: number,
  options?: CallOptions,
): Promise<Readonly<Record<string, bigint>>> {
  // VIR_NODE_CPU_STATS_ALL_CPUS
  const number = cpu ?? -1;
  // The daemon takes the exact number of values only: the first call asks for it.
  const { available } = await libvirt.call(procedures.nodeGetCpuStats, [number, 0], options);
  const { values } = await libvirt.call(procedures.nodeGetCpuStats, [number, available], options);
  return Object.fromEntries(values.map(({ name, value }) => [name, value]));
}

/** The host's memory in bytes: `total`, `free`, `buffers`, `cached`; of one NUMA node if `cell` names it. */
export async function getMemoryStatistics(
  libvirt: Libvirt,
  cell?: number,
  options?: CallOptions,
): Promise<Readonly<Record<string, bigint>>> {
  // VIR_NODE_MEMORY_STATS_ALL_CELLS
  const number = cell ?? -1;
  const { available } = await libvirt.call(procedures.nodeGetMemoryStats, [0, number], options);
  const { values } = await libvirt.call(procedures.nodeGetMemoryStats, [available, number], options);
  return Object.fromEntries(values.map(({ name, value }) => [name, value * 1024n]));
}
