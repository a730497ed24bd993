import type { Libvirt } from './connection.ts';
import type { CallOptions } from './pending-call.ts';
import { procedures } from './procedures.ts';
import type { NetworkFilterRef } from './references.ts';

/** Network filters: what packets a virtual machine's interface may send and receive. */

/** Every filter. */
export function listFilters(libvirt: Libvirt, options?: CallOptions): Promise<readonly NetworkFilterRef[]> {
  return libvirt.call(procedures.connectListAllNetworkFilters, [[]], options);
}

/** The filter of this UUID or name. Rejects with LibvirtError NO_NWFILTER when there is none. */
export function lookupFilter(
  libvirt: Libvirt,
  by: { uuid: string } | { name: string },
  options?: CallOptions,
): Promise<NetworkFilterRef> {
  if ('uuid' in by) return libvirt.call(procedures.networkFilterLookupByUuid, [by.uuid], options);
  return libvirt.call(procedures.networkFilterLookupByName, [by.name], options);
}

/**
 * Creates or replaces a filter; running machines that use it get the new rules at once. To replace one, its
 * `<uuid>` must be in the XML: libvirt refuses a second filter of the same name.
 */
export function defineFilter(
  libvirt: Libvirt,
  xml: string,
  options?: CallOptions,
): Promise<NetworkFilterRef> {
  return libvirt.call(procedures.networkFilterDefineXml, [xml], options);
}

/** Removes a filter. Rejects with LibvirtError OPERATION_INVALID while it is in use. */
export function undefineFilter(
  libvirt: Libvirt,
  filter: NetworkFilterRef,
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.networkFilterUndefine, [filter], options);
}

/** The filter's XML. */
export function getFilterXml(
  libvirt: Libvirt,
  filter: NetworkFilterRef,
  options?: CallOptions,
): Promise<string> {
  return libvirt.call(procedures.networkFilterGetXmlDesc, [filter], options);
}
