import { type Codec, int, record, text, uuid } from './codec.ts';

/**
 * How libvirt's objects are named on the wire. The daemon keeps nothing between calls: a reference is plain data,
 * may be stored, compared and used on any connection, and may outlive its object.
 */

/** A virtual machine. */
export interface DomainRef {
  readonly name: string;
  /** Canonical lower-case UUID: what the QEMU and LXC drivers find the domain by. */
  readonly uuid: string;
  /** Number of the running instance, -1 when it is not running; as of the moment of the reference. */
  readonly id: number;
}

/** A virtual network. Some drivers find it by name, some by UUID: both must be right. */
export interface NetworkRef {
  readonly name: string;
  readonly uuid: string;
}

/** A storage pool. */
export interface StoragePoolRef {
  readonly name: string;
  readonly uuid: string;
}

/** A volume in a storage pool. */
export interface StorageVolumeRef {
  /** Name of its pool. */
  readonly pool: string;
  readonly name: string;
  /** Unique on its host; for files it is the path. */
  readonly key: string;
}

/** A network filter. */
export interface NetworkFilterRef {
  readonly name: string;
  readonly uuid: string;
}

/** A snapshot of a domain. */
export interface SnapshotRef {
  readonly name: string;
  readonly domain: DomainRef;
}

export const domainRef: Codec<DomainRef> = record<DomainRef>({ name: text, uuid, id: int });
export const networkRef: Codec<NetworkRef> = record<NetworkRef>({ name: text, uuid });
export const storagePoolRef: Codec<StoragePoolRef> = record<StoragePoolRef>({ name: text, uuid });
export const storageVolumeRef: Codec<StorageVolumeRef> = record<StorageVolumeRef>({
  pool: text,
  name: text,
  key: text,
});
export const networkFilterRef: Codec<NetworkFilterRef> = record<NetworkFilterRef>({ name: text, uuid });
export const snapshotRef: Codec<SnapshotRef> = record<SnapshotRef>({ name: text, domain: domainRef });
