import type { jobStatisticsFlags, migrateFlags } from './constants.ts';
import type { Libvirt } from './connection.ts';
import type { CallOptions } from './pending-call.ts';
import { procedures } from './procedures.ts';
import type { DomainRef } from './references.ts';
import type { JobStatistics } from './results.ts';
import type { TypedParameter } from './typed-parameters.ts';

/** Moving a running virtual machine to another host, and watching and stopping the job that does it. */

export type MigrateFlag = keyof typeof migrateFlags;
export type JobStatisticsFlag = keyof typeof jobStatisticsFlags;

/** Where a domain goes, and how. */
export interface Migration {
  /** The destination daemon as the source daemon reaches it: `qemu+tls://host/system`, `qemu+unix:///system?...`. */
  readonly destinationUri: string;
  readonly flags: readonly MigrateFlag[];
  /** How QEMU reaches QEMU, `tcp://host` or `unix:///path`; libvirt chooses if it is missing. */
  readonly migrationUri?: string;
  /** Where the destination's QEMU listens. */
  readonly listenAddress?: string;
  /** The domain's XML as the destination shall run it. */
  readonly destinationXml?: string;
  /** The domain's XML as the destination shall keep it. */
  readonly persistentXml?: string;
  /** Limit in MiB/s; libvirt takes it in no finer unit. */
  readonly bandwidthMebibytesPerSecond?: bigint;
  /** Targets of the disks to copy, with NON_SHARED_DISK or NON_SHARED_INC; all that are writable by default. */
  readonly disks?: readonly string[];
  /** Where the destination's QEMU takes disks, like `migrationUri`. */
  readonly disksUri?: string;
}

function parametersOf(migration: Migration): TypedParameter[] {
  const texts: (readonly [string, string | undefined])[] = [
    ['migrate_uri', migration.migrationUri],
    ['listen_address', migration.listenAddress],
    ['destination_xml', migration.destinationXml],
    ['persistent_xml', migration.persistentXml],
    ['disks_uri', migration.disksUri],
    ...(migration.disks ?? []).map((disk) => ['migrate_disks', disk] as const),
  ];
  const parameters: TypedParameter[] = texts.flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, type: 'STRING', value }],
  );
  const bandwidth = migration.bandwidthMebibytesPerSecond;
  if (bandwidth !== undefined) parameters.push({ name: 'bandwidth', type: 'ULLONG', value: bandwidth });
  return parameters;
}

/**
 * Moves a domain. The source daemon does it alone and goes on when this connection ends; resolves when the domain
 * runs on the destination, and rejects when it still runs here.
 */
export async function migrateDomain(
  libvirt: Libvirt,
  domain: DomainRef,
  migration: Migration,
  options?: CallOptions,
): Promise<void> {
  await libvirt.call(
    procedures.domainMigratePerform3Params,
    [domain, migration.destinationUri, parametersOf(migration), migration.flags],
    options,
  );
}

/** How long the guest may stand still at the end of a migration, in ms. */
export function getMaximumDowntime(
  libvirt: Libvirt,
  domain: DomainRef,
  options?: CallOptions,
): Promise<bigint> {
  return libvirt.call(procedures.domainMigrateGetMaxDowntime, [domain], options);
}

/** Sets that, for the migration that runs or for later ones. */
export function setMaximumDowntime(
  libvirt: Libvirt,
  domain: DomainRef,
  milliseconds: bigint,
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.domainMigrateSetMaxDowntime, [domain, milliseconds], options);
}

/** Limits migrations of this domain, in MiB/s. */
export function setMaximumSpeed(
  libvirt: Libvirt,
  domain: DomainRef,
  mebibytesPerSecond: bigint,
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.domainMigrateSetMaxSpeed, [domain, mebibytesPerSecond], options);
}

/** The job that runs on a domain, or with COMPLETED the last one. */
export function getJobStatistics(
  libvirt: Libvirt,
  domain: DomainRef,
  flags: readonly JobStatisticsFlag[] = [],
  options?: CallOptions,
): Promise<JobStatistics> {
  return libvirt.call(procedures.domainGetJobStats, [domain, flags], options);
}

/** Gives up the job that runs on a domain; what it has done is undone. */
export function abortJob(libvirt: Libvirt, domain: DomainRef, options?: CallOptions): Promise<void> {
  return libvirt.call(procedures.domainAbortJob, [domain], options);
}
