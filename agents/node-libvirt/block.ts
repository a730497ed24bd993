import type { blockCommitFlags, blockCopyFlags, blockJobAbortFlags } from './constants.ts';
import type { Libvirt } from './connection.ts';
import type { CallOptions } from './pending-call.ts';
import { procedures } from './procedures.ts';
import type { DomainRef } from './references.ts';
import type { BlockInfo, BlockJobInfo } from './results.ts';
import type { TypedParameter } from './typed-parameters.ts';

/**
 * Disks of a virtual machine and the jobs that work on them while it runs. A disk is named by its target (`vda`) or
 * its path. Jobs resolve when they have started; the event BLOCK_JOB tells how they go on.
 */

export type BlockCommitFlag = keyof typeof blockCommitFlags;
export type BlockCopyFlag = keyof typeof blockCopyFlags;
export type BlockJobAbortFlag = keyof typeof blockJobAbortFlags;

/** Sizes of a disk in bytes. */
export function getBlockInfo(
  libvirt: Libvirt,
  domain: DomainRef,
  disk: string,
  options?: CallOptions,
): Promise<BlockInfo> {
  return libvirt.call(procedures.domainGetBlockInfo, [domain, disk], options);
}

/** Gives a disk of a running domain this size. */
export function resizeBlock(
  libvirt: Libvirt,
  domain: DomainRef,
  disk: string,
  bytes: bigint,
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.domainBlockResize, [domain, disk, bytes], options);
}

/**
 * Merges part of a disk's chain downwards, from `top` (default: the active image, which needs ACTIVE and a pivot)
 * into `base`. Without `base` and without SHALLOW that is the last image of the chain: a template that others share
 * would be overwritten.
 */
export function commitBlock(
  libvirt: Libvirt,
  domain: DomainRef,
  disk: string,
  job: { base?: string; top?: string; bandwidthBytesPerSecond?: bigint; flags?: readonly BlockCommitFlag[] },
  options?: CallOptions,
): Promise<void> {
  const { base = null, top = null, bandwidthBytesPerSecond = 0n, flags = [] } = job;
  return libvirt.call(
    procedures.domainBlockCommit,
    [domain, disk, base, top, bandwidthBytesPerSecond, flags],
    options,
  );
}

/** Mirrors a disk to the `<disk>` of `destinationXml` until it is aborted, with PIVOT to go on with the copy. */
export function copyBlock(
  libvirt: Libvirt,
  domain: DomainRef,
  disk: string,
  job: { destinationXml: string; bandwidthBytesPerSecond?: bigint; flags?: readonly BlockCopyFlag[] },
  options?: CallOptions,
): Promise<void> {
  const { destinationXml, bandwidthBytesPerSecond: bandwidth, flags = [] } = job;
  const parameters: TypedParameter[] =
    bandwidth === undefined ? [] : [{ name: 'bandwidth', type: 'ULLONG', value: bandwidth }];
  return libvirt.call(procedures.domainBlockCopy, [domain, disk, destinationXml, parameters, flags], options);
}

/** Copies what a disk still takes from its backing images into it, so that it needs them no more. */
export function pullBlock(
  libvirt: Libvirt,
  domain: DomainRef,
  disk: string,
  bandwidthBytesPerSecond = 0n,
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.domainBlockPull, [domain, disk, bandwidthBytesPerSecond], options);
}

/** The job that runs on a disk, or null. */
export function getBlockJob(
  libvirt: Libvirt,
  domain: DomainRef,
  disk: string,
  options?: CallOptions,
): Promise<BlockJobInfo | null> {
  return libvirt.call(procedures.domainGetBlockJobInfo, [domain, disk], options);
}

/** Limits the job on a disk; 0 for no limit. */
export function setBlockJobSpeed(
  libvirt: Libvirt,
  domain: DomainRef,
  disk: string,
  bandwidthBytesPerSecond: bigint,
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.domainBlockJobSetSpeed, [domain, disk, bandwidthBytesPerSecond], options);
}

/** Ends the job on a disk; with PIVOT a finished copy or active commit takes the disk's place. */
export function abortBlockJob(
  libvirt: Libvirt,
  domain: DomainRef,
  disk: string,
  flags: readonly BlockJobAbortFlag[] = [],
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.domainBlockJobAbort, [domain, disk, flags], options);
}
