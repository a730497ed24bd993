import type {
  saveFlags,
  snapshotCreateFlags,
  snapshotDeleteFlags,
  snapshotListFlags,
  snapshotRevertFlags,
} from './constants.ts';
import type { Libvirt } from './connection.ts';
import type { CallOptions } from './pending-call.ts';
import { procedures } from './procedures.ts';
import type { DomainRef, SnapshotRef } from './references.ts';

/** Snapshots of a virtual machine, and its memory saved to disk. Creating and reverting have no default deadline. */

export type SnapshotCreateFlag = keyof typeof snapshotCreateFlags;
export type SnapshotListFlag = keyof typeof snapshotListFlags;
export type SnapshotRevertFlag = keyof typeof snapshotRevertFlags;
export type SnapshotDeleteFlag = keyof typeof snapshotDeleteFlags;
export type SaveFlag = keyof typeof saveFlags;

/** Takes the snapshot that this `<domainsnapshot>` describes. */
export function createSnapshot(
  libvirt: Libvirt,
  domain: DomainRef,
  xml: string,
  flags: readonly SnapshotCreateFlag[] = [],
  options?: CallOptions,
): Promise<SnapshotRef> {
  return libvirt.call(procedures.domainSnapshotCreateXml, [domain, xml, flags], options);
}

/** A domain's snapshots. */
export function listSnapshots(
  libvirt: Libvirt,
  domain: DomainRef,
  flags: readonly SnapshotListFlag[] = [],
  options?: CallOptions,
): Promise<readonly SnapshotRef[]> {
  return libvirt.call(procedures.domainListAllSnapshots, [domain, flags], options);
}

/** The snapshot of this name. Rejects with LibvirtError NO_DOMAIN_SNAPSHOT when there is none. */
export function lookupSnapshot(
  libvirt: Libvirt,
  domain: DomainRef,
  name: string,
  options?: CallOptions,
): Promise<SnapshotRef> {
  return libvirt.call(procedures.domainSnapshotLookupByName, [domain, name], options);
}

/** The snapshot that the domain's present state goes back to. */
export function getCurrentSnapshot(
  libvirt: Libvirt,
  domain: DomainRef,
  options?: CallOptions,
): Promise<SnapshotRef> {
  return libvirt.call(procedures.domainSnapshotCurrent, [domain], options);
}

/** A snapshot's XML. */
export function getSnapshotXml(
  libvirt: Libvirt,
  snapshot: SnapshotRef,
  options?: CallOptions,
): Promise<string> {
  return libvirt.call(procedures.domainSnapshotGetXmlDesc, [snapshot], options);
}

/** Puts the domain back; what has changed since is lost. */
export function revertToSnapshot(
  libvirt: Libvirt,
  snapshot: SnapshotRef,
  flags: readonly SnapshotRevertFlag[] = [],
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.domainRevertToSnapshot, [snapshot, flags], options);
}

/** Removes a snapshot, or with METADATA_ONLY only what libvirt knows of it. */
export function deleteSnapshot(
  libvirt: Libvirt,
  snapshot: SnapshotRef,
  flags: readonly SnapshotDeleteFlag[] = [],
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.domainSnapshotDelete, [snapshot, flags], options);
}

/** Stops the domain and keeps its memory where libvirt chooses: the next start goes on from there. */
export function managedSaveDomain(
  libvirt: Libvirt,
  domain: DomainRef,
  flags: readonly SaveFlag[] = [],
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.domainManagedSave, [domain, flags], options);
}

/** Whether the next start goes on from a managed save image. */
export function hasManagedSave(libvirt: Libvirt, domain: DomainRef, options?: CallOptions): Promise<boolean> {
  return libvirt.call(procedures.domainHasManagedSaveImage, [domain], options);
}

/** Throws the managed save image away: the next start boots. */
export function removeManagedSave(libvirt: Libvirt, domain: DomainRef, options?: CallOptions): Promise<void> {
  return libvirt.call(procedures.domainManagedSaveRemove, [domain], options);
}

/** Stops the domain and writes its memory to a file on the daemon's host. */
export function saveDomain(
  libvirt: Libvirt,
  domain: DomainRef,
  path: string,
  save: { xml?: string; flags?: readonly SaveFlag[] } = {},
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(
    procedures.domainSaveFlags,
    [domain, path, save.xml ?? null, save.flags ?? []],
    options,
  );
}

/** Brings a domain back from such a file. */
export function restoreDomain(
  libvirt: Libvirt,
  path: string,
  restore: { xml?: string; flags?: readonly SaveFlag[] } = {},
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(
    procedures.domainRestoreFlags,
    [path, restore.xml ?? null, restore.flags ?? []],
    options,
  );
}
