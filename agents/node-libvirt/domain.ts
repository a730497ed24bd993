import type {
  defineFlags,
  destroyFlags,
  domainXmlFlags,
  impactFlags,
  listDomainsFlags,
  metadataTypes,
  shutdownFlags,
  startFlags,
  undefineFlags,
} from './constants.ts';
import type { Libvirt } from './connection.ts';
import type { CallOptions } from './pending-call.ts';
import { procedures } from './procedures.ts';
import type { DomainRef } from './references.ts';
import type { DomainInfo, DomainState } from './results.ts';

/**
 * Finding, describing, starting and stopping virtual machines. Everything rejects as `Libvirt.call` does; a domain
 * that is gone gives LibvirtError NO_DOMAIN, one in the wrong state OPERATION_INVALID.
 */

export type ListDomainsFlag = keyof typeof listDomainsFlags;
export type DefineFlag = keyof typeof defineFlags;
export type UndefineFlag = keyof typeof undefineFlags;
export type StartFlag = keyof typeof startFlags;
export type ShutdownFlag = keyof typeof shutdownFlags;
export type DestroyFlag = keyof typeof destroyFlags;
export type DomainXmlFlag = keyof typeof domainXmlFlags;
export type ImpactFlag = keyof typeof impactFlags;
export type MetadataType = (typeof metadataTypes)[number];

/**
 * A reference to the domain of this UUID without asking whether it exists. It is good for every call on QEMU and
 * LXC domains, which go by the UUID alone; libvirt's own messages will lack the name.
 */
export function domainByUuid(uuid: string): DomainRef {
  return { name: '', uuid, id: -1 };
}

/** Every domain, or those that all groups of flags select. */
export function listDomains(
  libvirt: Libvirt,
  flags: readonly ListDomainsFlag[] = [],
  options?: CallOptions,
): Promise<readonly DomainRef[]> {
  return libvirt.call(procedures.connectListAllDomains, [flags], options);
}

/** The domain of this UUID, name or number of a running instance. */
export function lookupDomain(
  libvirt: Libvirt,
  by: { uuid: string } | { name: string } | { id: number },
  options?: CallOptions,
): Promise<DomainRef> {
  if ('uuid' in by) return libvirt.call(procedures.domainLookupByUuid, [by.uuid], options);
  if ('name' in by) return libvirt.call(procedures.domainLookupByName, [by.name], options);
  return libvirt.call(procedures.domainLookupById, [by.id], options);
}

/** Creates or replaces the persistent definition. XML without a `<uuid>` always makes a new one. */
export function defineDomain(
  libvirt: Libvirt,
  xml: string,
  flags: readonly DefineFlag[] = [],
  options?: CallOptions,
): Promise<DomainRef> {
  return libvirt.call(procedures.domainDefineXmlFlags, [xml, flags], options);
}

/** Removes the persistent definition; a running domain goes on as a transient one. */
export function undefineDomain(
  libvirt: Libvirt,
  domain: DomainRef,
  flags: readonly UndefineFlag[] = [],
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.domainUndefineFlags, [domain, flags], options);
}

/** The domain's XML: of the running instance if there is one, of the definition with INACTIVE. */
export function getDomainXml(
  libvirt: Libvirt,
  domain: DomainRef,
  flags: readonly DomainXmlFlag[] = [],
  options?: CallOptions,
): Promise<string> {
  return libvirt.call(procedures.domainGetXmlDesc, [domain, flags], options);
}

/** State, memory, vCPUs and CPU time. */
export function getDomainInfo(
  libvirt: Libvirt,
  domain: DomainRef,
  options?: CallOptions,
): Promise<DomainInfo> {
  return libvirt.call(procedures.domainGetInfo, [domain], options);
}

/** State and how it came to it. */
export function getDomainState(
  libvirt: Libvirt,
  domain: DomainRef,
  options?: CallOptions,
): Promise<DomainState> {
  return libvirt.call(procedures.domainGetState, [domain], options);
}

/** Gives a domain that is off another name. It must have no snapshots. */
export async function renameDomain(
  libvirt: Libvirt,
  domain: DomainRef,
  name: string,
  options?: CallOptions,
): Promise<void> {
  await libvirt.call(procedures.domainRename, [domain, name], options);
}

/** Whether the domain starts with the daemon. */
export function getDomainAutostart(
  libvirt: Libvirt,
  domain: DomainRef,
  options?: CallOptions,
): Promise<boolean> {
  return libvirt.call(procedures.domainGetAutostart, [domain], options);
}

/** Makes the domain start with the daemon, or not. */
export function setDomainAutostart(
  libvirt: Libvirt,
  domain: DomainRef,
  autostart: boolean,
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.domainSetAutostart, [domain, autostart], options);
}

/**
 * Writes the description or title, or the XML element of one namespace; null removes it. An element needs the
 * namespace's URI and the prefix under which it appears in the domain's XML.
 */
export function setDomainMetadata(
  libvirt: Libvirt,
  domain: DomainRef,
  metadata: { type: MetadataType; value: string | null; prefix?: string; uri?: string },
  impact: readonly ImpactFlag[] = [],
  options?: CallOptions,
): Promise<void> {
  const { type, value, prefix = null, uri = null } = metadata;
  return libvirt.call(procedures.domainSetMetadata, [domain, type, value, prefix, uri, impact], options);
}

/** What `setDomainMetadata` wrote. Rejects with LibvirtError NO_DOMAIN_METADATA when there is none. */
export function getDomainMetadata(
  libvirt: Libvirt,
  domain: DomainRef,
  metadata: { type: MetadataType; uri?: string },
  impact: readonly ImpactFlag[] = [],
  options?: CallOptions,
): Promise<string> {
  const { type, uri = null } = metadata;
  return libvirt.call(procedures.domainGetMetadata, [domain, type, uri, impact], options);
}

/** Starts a domain that is not defined: it is forgotten when it stops. */
export function createDomain(
  libvirt: Libvirt,
  xml: string,
  flags: readonly StartFlag[] = [],
  options?: CallOptions,
): Promise<DomainRef> {
  return libvirt.call(procedures.domainCreateXml, [xml, flags], options);
}

/** Starts a defined domain, from its managed save image if it has one. Resolves with its new number. */
export function startDomain(
  libvirt: Libvirt,
  domain: DomainRef,
  flags: readonly StartFlag[] = [],
  options?: CallOptions,
): Promise<DomainRef> {
  return libvirt.call(procedures.domainCreateWithFlags, [domain, flags], options);
}

/** Asks the guest to shut down; it may refuse. Resolves when it was asked, not when it is off. */
export function shutdownDomain(
  libvirt: Libvirt,
  domain: DomainRef,
  flags: readonly ShutdownFlag[] = [],
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.domainShutdownFlags, [domain, flags], options);
}

/** Asks the guest to restart; it may refuse. */
export function rebootDomain(
  libvirt: Libvirt,
  domain: DomainRef,
  flags: readonly ShutdownFlag[] = [],
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.domainReboot, [domain, flags], options);
}

/** Presses the reset button. */
export function resetDomain(libvirt: Libvirt, domain: DomainRef, options?: CallOptions): Promise<void> {
  return libvirt.call(procedures.domainReset, [domain], options);
}

/** Pulls the plug; resolves when the domain is off. */
export function destroyDomain(
  libvirt: Libvirt,
  domain: DomainRef,
  flags: readonly DestroyFlag[] = [],
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.domainDestroyFlags, [domain, flags], options);
}

/** Stops the virtual CPUs; memory stays. */
export function suspendDomain(libvirt: Libvirt, domain: DomainRef, options?: CallOptions): Promise<void> {
  return libvirt.call(procedures.domainSuspend, [domain], options);
}

/** Lets the virtual CPUs go on. */
export function resumeDomain(libvirt: Libvirt, domain: DomainRef, options?: CallOptions): Promise<void> {
  return libvirt.call(procedures.domainResume, [domain], options);
}
