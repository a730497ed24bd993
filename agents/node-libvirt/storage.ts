import type { listPoolsFlags, poolStartFlags, volumeCreateFlags, volumeDeleteFlags } from './constants.ts';
import type { Libvirt } from './connection.ts';
import type { InactiveXmlFlag } from './network.ts';
import type { CallOptions } from './pending-call.ts';
import { procedures } from './procedures.ts';
import type { StoragePoolRef, StorageVolumeRef } from './references.ts';
import type { PoolInfo, VolumeInfo } from './results.ts';

/** Storage pools and the volumes in them. */

export type ListPoolsFlag = keyof typeof listPoolsFlags;
export type PoolStartFlag = keyof typeof poolStartFlags;
export type VolumeCreateFlag = keyof typeof volumeCreateFlags;
export type VolumeDeleteFlag = keyof typeof volumeDeleteFlags;

/** Every pool, or those that all groups of flags select. */
export function listPools(
  libvirt: Libvirt,
  flags: readonly ListPoolsFlag[] = [],
  options?: CallOptions,
): Promise<readonly StoragePoolRef[]> {
  return libvirt.call(procedures.connectListAllStoragePools, [flags], options);
}

/** The pool of this UUID or name. Rejects with LibvirtError NO_STORAGE_POOL when there is none. */
export function lookupPool(
  libvirt: Libvirt,
  by: { uuid: string } | { name: string },
  options?: CallOptions,
): Promise<StoragePoolRef> {
  if ('uuid' in by) return libvirt.call(procedures.storagePoolLookupByUuid, [by.uuid], options);
  return libvirt.call(procedures.storagePoolLookupByName, [by.name], options);
}

/** Creates or replaces the persistent definition. */
export function definePool(libvirt: Libvirt, xml: string, options?: CallOptions): Promise<StoragePoolRef> {
  return libvirt.call(procedures.storagePoolDefineXml, [xml], options);
}

/** Starts a defined pool; with BUILD its directory or disk is prepared first. */
export function startPool(
  libvirt: Libvirt,
  pool: StoragePoolRef,
  flags: readonly PoolStartFlag[] = [],
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.storagePoolCreate, [pool, flags], options);
}

/** Stops a pool; its data stays. */
export function destroyPool(libvirt: Libvirt, pool: StoragePoolRef, options?: CallOptions): Promise<void> {
  return libvirt.call(procedures.storagePoolDestroy, [pool], options);
}

/** Removes the persistent definition of a pool that is stopped. */
export function undefinePool(libvirt: Libvirt, pool: StoragePoolRef, options?: CallOptions): Promise<void> {
  return libvirt.call(procedures.storagePoolUndefine, [pool], options);
}

/** Looks for volumes that have come or gone by other means. */
export function refreshPool(libvirt: Libvirt, pool: StoragePoolRef, options?: CallOptions): Promise<void> {
  return libvirt.call(procedures.storagePoolRefresh, [pool], options);
}

/** State and sizes in bytes. */
export function getPoolInfo(
  libvirt: Libvirt,
  pool: StoragePoolRef,
  options?: CallOptions,
): Promise<PoolInfo> {
  return libvirt.call(procedures.storagePoolGetInfo, [pool], options);
}

/** The pool's XML. */
export function getPoolXml(
  libvirt: Libvirt,
  pool: StoragePoolRef,
  flags: readonly InactiveXmlFlag[] = [],
  options?: CallOptions,
): Promise<string> {
  return libvirt.call(procedures.storagePoolGetXmlDesc, [pool, flags], options);
}

/** The volumes of a running pool as of its last refresh. */
export function listVolumes(
  libvirt: Libvirt,
  pool: StoragePoolRef,
  options?: CallOptions,
): Promise<readonly StorageVolumeRef[]> {
  return libvirt.call(procedures.storagePoolListAllVolumes, [pool], options);
}

/** The volume of this name in a pool, or of this path in any. Rejects with LibvirtError NO_STORAGE_VOL. */
export function lookupVolume(
  libvirt: Libvirt,
  by: { pool: StoragePoolRef; name: string } | { path: string },
  options?: CallOptions,
): Promise<StorageVolumeRef> {
  if ('path' in by) return libvirt.call(procedures.storageVolumeLookupByPath, [by.path], options);
  return libvirt.call(procedures.storageVolumeLookupByName, [by.pool, by.name], options);
}

/** Creates a volume. */
export function createVolume(
  libvirt: Libvirt,
  pool: StoragePoolRef,
  xml: string,
  flags: readonly VolumeCreateFlag[] = [],
  options?: CallOptions,
): Promise<StorageVolumeRef> {
  return libvirt.call(procedures.storageVolumeCreateXml, [pool, xml, flags], options);
}

/** Deletes a volume and its data. */
export function deleteVolume(
  libvirt: Libvirt,
  volume: StorageVolumeRef,
  flags: readonly VolumeDeleteFlag[] = [],
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.storageVolumeDelete, [volume, flags], options);
}

/** Kind and sizes in bytes. */
export function getVolumeInfo(
  libvirt: Libvirt,
  volume: StorageVolumeRef,
  options?: CallOptions,
): Promise<VolumeInfo> {
  return libvirt.call(procedures.storageVolumeGetInfo, [volume], options);
}

/** Where the volume is, as a domain's XML names it. */
export function getVolumePath(
  libvirt: Libvirt,
  volume: StorageVolumeRef,
  options?: CallOptions,
): Promise<string> {
  return libvirt.call(procedures.storageVolumeGetPath, [volume], options);
}

/** The volume's XML. */
export function getVolumeXml(
  libvirt: Libvirt,
  volume: StorageVolumeRef,
  options?: CallOptions,
): Promise<string> {
  return libvirt.call(procedures.storageVolumeGetXmlDesc, [volume], options);
}
