import type {
  inactiveXmlFlags,
  listNetworksFlags,
  networkSections,
  networkUpdateCommands,
} from './constants.ts';
import type { Libvirt } from './connection.ts';
import type { ImpactFlag } from './domain.ts';
import type { CallOptions } from './pending-call.ts';
import { procedures } from './procedures.ts';
import type { NetworkRef } from './references.ts';
import type { DhcpLease } from './results.ts';

/** Virtual networks: bridges with libvirt's own DHCP, DNS and NAT. */

export type ListNetworksFlag = keyof typeof listNetworksFlags;
export type InactiveXmlFlag = keyof typeof inactiveXmlFlags;
export type NetworkUpdateCommand = (typeof networkUpdateCommands)[number];
export type NetworkSection = (typeof networkSections)[number];

/** Every network, or those that all groups of flags select. */
export function listNetworks(
  libvirt: Libvirt,
  flags: readonly ListNetworksFlag[] = [],
  options?: CallOptions,
): Promise<readonly NetworkRef[]> {
  return libvirt.call(procedures.connectListAllNetworks, [flags], options);
}

/** The network of this UUID or name. Rejects with LibvirtError NO_NETWORK when there is none. */
export function lookupNetwork(
  libvirt: Libvirt,
  by: { uuid: string } | { name: string },
  options?: CallOptions,
): Promise<NetworkRef> {
  if ('uuid' in by) return libvirt.call(procedures.networkLookupByUuid, [by.uuid], options);
  return libvirt.call(procedures.networkLookupByName, [by.name], options);
}

/** Creates or replaces the persistent definition. */
export function defineNetwork(libvirt: Libvirt, xml: string, options?: CallOptions): Promise<NetworkRef> {
  return libvirt.call(procedures.networkDefineXml, [xml], options);
}

/** Starts a network that is not defined: it is forgotten when it stops. */
export function createNetwork(libvirt: Libvirt, xml: string, options?: CallOptions): Promise<NetworkRef> {
  return libvirt.call(procedures.networkCreateXml, [xml], options);
}

/** Starts a defined network. */
export function startNetwork(libvirt: Libvirt, network: NetworkRef, options?: CallOptions): Promise<void> {
  return libvirt.call(procedures.networkCreate, [network], options);
}

/** Stops a network; domains on it lose their link. */
export function destroyNetwork(libvirt: Libvirt, network: NetworkRef, options?: CallOptions): Promise<void> {
  return libvirt.call(procedures.networkDestroy, [network], options);
}

/** Removes the persistent definition. */
export function undefineNetwork(libvirt: Libvirt, network: NetworkRef, options?: CallOptions): Promise<void> {
  return libvirt.call(procedures.networkUndefine, [network], options);
}

/** Whether the network runs. */
export function isNetworkActive(
  libvirt: Libvirt,
  network: NetworkRef,
  options?: CallOptions,
): Promise<boolean> {
  return libvirt.call(procedures.networkIsActive, [network], options);
}

/** Whether the network starts with the daemon. */
export function getNetworkAutostart(
  libvirt: Libvirt,
  network: NetworkRef,
  options?: CallOptions,
): Promise<boolean> {
  return libvirt.call(procedures.networkGetAutostart, [network], options);
}

/** Makes the network start with the daemon, or not. */
export function setNetworkAutostart(
  libvirt: Libvirt,
  network: NetworkRef,
  autostart: boolean,
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.networkSetAutostart, [network, autostart], options);
}

/** Name of the network's bridge on the host. */
export function getBridgeName(libvirt: Libvirt, network: NetworkRef, options?: CallOptions): Promise<string> {
  return libvirt.call(procedures.networkGetBridgeName, [network], options);
}

/** The network's XML. */
export function getNetworkXml(
  libvirt: Libvirt,
  network: NetworkRef,
  flags: readonly InactiveXmlFlag[] = [],
  options?: CallOptions,
): Promise<string> {
  return libvirt.call(procedures.networkGetXmlDesc, [network, flags], options);
}

/**
 * Changes one part of a network without restarting it. `xml` is the element that is added, changed or deleted;
 * `parentIndex` says in which of several parents, -1 in the first that fits.
 *
 * The daemon must be 7.2 or newer: older ones take command and section the wrong way round.
 */
export function updateNetwork(
  libvirt: Libvirt,
  network: NetworkRef,
  update: { command: NetworkUpdateCommand; section: NetworkSection; xml: string; parentIndex?: number },
  impact: readonly ImpactFlag[],
  options?: CallOptions,
): Promise<void> {
  const { command, section, xml, parentIndex = -1 } = update;
  return libvirt.call(
    procedures.networkUpdate,
    [network, command, section, parentIndex, xml, impact],
    options,
  );
}

/** The leases that the network's DHCP server has given out, or the ones of one MAC address. */
export function getDhcpLeases(
  libvirt: Libvirt,
  network: NetworkRef,
  mac?: string,
  options?: CallOptions,
): Promise<readonly DhcpLease[]> {
  return libvirt.call(procedures.networkGetDhcpLeases, [network, mac ?? null], options);
}
