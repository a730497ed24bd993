/**
 * libvirt's bits and numbered names as its public headers give them (libvirt 9.0), without the prefixes: what is
 * `VIR_DOMAIN_UNDEFINE_NVRAM` there is `'NVRAM'` in `undefineFlags` here. Lists count from 0.
 */

/** virConnectFlags, the part that matters to a client. */
export const openFlags = { READONLY: 1 << 0 } as const;

/** virConnectListAllDomainsFlags; within each group (active, persistent, state ...) the bits are alternatives. */
export const listDomainsFlags = {
  ACTIVE: 1 << 0,
  INACTIVE: 1 << 1,
  PERSISTENT: 1 << 2,
  TRANSIENT: 1 << 3,
  RUNNING: 1 << 4,
  PAUSED: 1 << 5,
  SHUTOFF: 1 << 6,
  OTHER: 1 << 7,
  MANAGEDSAVE: 1 << 8,
  NO_MANAGEDSAVE: 1 << 9,
  AUTOSTART: 1 << 10,
  NO_AUTOSTART: 1 << 11,
  HAS_SNAPSHOT: 1 << 12,
  NO_SNAPSHOT: 1 << 13,
} as const;

/** virDomainState. */
export const domainStates = [
  'NOSTATE',
  'RUNNING',
  'BLOCKED',
  'PAUSED',
  'SHUTDOWN',
  'SHUTOFF',
  'CRASHED',
  'PMSUSPENDED',
] as const;

/** Why a domain is in its state: virDomainRunningReason and its siblings. */
export const stateReasons = {
  NOSTATE: ['UNKNOWN'],
  RUNNING: [
    'UNKNOWN',
    'BOOTED',
    'MIGRATED',
    'RESTORED',
    'FROM_SNAPSHOT',
    'UNPAUSED',
    'MIGRATION_CANCELED',
    'SAVE_CANCELED',
    'WAKEUP',
    'CRASHED',
    'POSTCOPY',
    'POSTCOPY_FAILED',
  ],
  BLOCKED: ['UNKNOWN'],
  PAUSED: [
    'UNKNOWN',
    'USER',
    'MIGRATION',
    'SAVE',
    'DUMP',
    'IOERROR',
    'WATCHDOG',
    'FROM_SNAPSHOT',
    'SHUTTING_DOWN',
    'SNAPSHOT',
    'CRASHED',
    'STARTING_UP',
    'POSTCOPY',
    'POSTCOPY_FAILED',
  ],
  SHUTDOWN: ['UNKNOWN', 'USER'],
  SHUTOFF: [
    'UNKNOWN',
    'SHUTDOWN',
    'DESTROYED',
    'CRASHED',
    'MIGRATED',
    'SAVED',
    'FAILED',
    'FROM_SNAPSHOT',
    'DAEMON',
  ],
  CRASHED: ['UNKNOWN', 'PANICKED'],
  PMSUSPENDED: ['UNKNOWN'],
} as const satisfies Record<(typeof domainStates)[number], readonly string[]>;

/** virDomainModificationImpact; no bit at all means the domain's current state. */
export const impactFlags = { LIVE: 1 << 0, CONFIG: 1 << 1 } as const;

/** virDomainDeviceModifyFlags; FORCE opens a tray that the guest has locked. */
export const deviceFlags = { ...impactFlags, FORCE: 1 << 2 } as const;

/** virDomainMemoryModFlags; MAXIMUM sets the ceiling instead of the current size. */
export const memoryFlags = { ...impactFlags, MAXIMUM: 1 << 2 } as const;

/** virDomainVcpuFlags. */
export const vcpuFlags = { ...impactFlags, MAXIMUM: 1 << 2, GUEST: 1 << 3, HOTPLUGGABLE: 1 << 4 } as const;

/** virDomainDefineFlags; VALIDATE checks the XML against the schema. */
export const defineFlags = { VALIDATE: 1 << 0 } as const;

/** virDomainCreateFlags. AUTODESTROY ends the domain with the connection. */
export const startFlags = {
  PAUSED: 1 << 0,
  AUTODESTROY: 1 << 1,
  BYPASS_CACHE: 1 << 2,
  FORCE_BOOT: 1 << 3,
  VALIDATE: 1 << 4,
  RESET_NVRAM: 1 << 5,
} as const;

/** virDomainShutdownFlagValues and virDomainRebootFlagValues, which agree; none leaves the choice to libvirt. */
export const shutdownFlags = {
  ACPI_POWER_BTN: 1 << 0,
  GUEST_AGENT: 1 << 1,
  INITCTL: 1 << 2,
  SIGNAL: 1 << 3,
  PARAVIRT: 1 << 4,
} as const;

/** virDomainDestroyFlagsValues; GRACEFUL gives up rather than kill QEMU with SIGKILL. */
export const destroyFlags = { GRACEFUL: 1 << 0, REMOVE_LOGS: 1 << 1 } as const;

/** virDomainUndefineFlagsValues: what else goes, without which libvirt may refuse. */
export const undefineFlags = {
  MANAGED_SAVE: 1 << 0,
  SNAPSHOTS_METADATA: 1 << 1,
  NVRAM: 1 << 2,
  KEEP_NVRAM: 1 << 3,
  CHECKPOINTS_METADATA: 1 << 4,
  TPM: 1 << 5,
  KEEP_TPM: 1 << 6,
} as const;

/** virDomainXMLFlags; SECURE includes passwords and is refused on a read-only connection. */
export const domainXmlFlags = {
  SECURE: 1 << 0,
  INACTIVE: 1 << 1,
  UPDATE_CPU: 1 << 2,
  MIGRATABLE: 1 << 3,
} as const;

/** virDomainMetadataType. */
export const metadataTypes = ['DESCRIPTION', 'TITLE', 'ELEMENT'] as const;

/** virDomainStatsTypes; none means all. */
export const statisticsGroups = {
  STATE: 1 << 0,
  CPU_TOTAL: 1 << 1,
  BALLOON: 1 << 2,
  VCPU: 1 << 3,
  INTERFACE: 1 << 4,
  BLOCK: 1 << 5,
  PERF: 1 << 6,
  IOTHREAD: 1 << 7,
  MEMORY: 1 << 8,
  DIRTYRATE: 1 << 9,
  VM: 1 << 10,
} as const;

/**
 * virConnectGetAllDomainStatsFlags. NOWAIT leaves out what a busy domain cannot answer at once; BACKING reports
 * every image of a chain; ENFORCE_STATS fails when a wanted group is unknown to the daemon.
 */
export const statisticsFlags = {
  ACTIVE: 1 << 0,
  INACTIVE: 1 << 1,
  PERSISTENT: 1 << 2,
  TRANSIENT: 1 << 3,
  RUNNING: 1 << 4,
  PAUSED: 1 << 5,
  SHUTOFF: 1 << 6,
  OTHER: 1 << 7,
  NOWAIT: 1 << 29,
  BACKING: 1 << 30,
  // Not `1 << 31`, which is negative.
  ENFORCE_STATS: 0x80000000,
} as const;

/** virDomainBlockJobType. */
export const blockJobTypes = ['UNKNOWN', 'PULL', 'COPY', 'COMMIT', 'ACTIVE_COMMIT', 'BACKUP'] as const;

/** virDomainBlockJobAbortFlags; PIVOT switches to the finished copy instead of giving it up. */
export const blockJobAbortFlags = { ASYNC: 1 << 0, PIVOT: 1 << 1 } as const;

/** virDomainBlockCommitFlags, without the one for the unit of the bandwidth. */
export const blockCommitFlags = {
  SHALLOW: 1 << 0,
  DELETE: 1 << 1,
  ACTIVE: 1 << 2,
  RELATIVE: 1 << 3,
} as const;

/** virDomainBlockCopyFlags. */
export const blockCopyFlags = {
  SHALLOW: 1 << 0,
  REUSE_EXT: 1 << 1,
  TRANSIENT_JOB: 1 << 2,
  SYNCHRONOUS_WRITES: 1 << 3,
} as const;

/** virDomainConsoleFlags; FORCE takes the console from whoever holds it, SAFE fails where no lock is possible. */
export const consoleFlags = { FORCE: 1 << 0, SAFE: 1 << 1 } as const;

/** virDomainInterfaceAddressesSource. */
export const addressSources = ['LEASE', 'AGENT', 'ARP'] as const;

/** virIPAddrType. */
export const addressTypes = ['IPV4', 'IPV6'] as const;

/** virKeycodeSet. */
export const keycodeSets = [
  'LINUX',
  'XT',
  'ATSET1',
  'ATSET2',
  'ATSET3',
  'OSX',
  'XT_KBD',
  'USB',
  'WIN32',
  'QNUM',
] as const;

/** virDomainSnapshotCreateFlags. */
export const snapshotCreateFlags = {
  REDEFINE: 1 << 0,
  CURRENT: 1 << 1,
  NO_METADATA: 1 << 2,
  HALT: 1 << 3,
  DISK_ONLY: 1 << 4,
  REUSE_EXT: 1 << 5,
  QUIESCE: 1 << 6,
  ATOMIC: 1 << 7,
  LIVE: 1 << 8,
  VALIDATE: 1 << 9,
} as const;

/** virDomainSnapshotListFlags. */
export const snapshotListFlags = {
  ROOTS: 1 << 0,
  METADATA: 1 << 1,
  LEAVES: 1 << 2,
  NO_LEAVES: 1 << 3,
  NO_METADATA: 1 << 4,
  INACTIVE: 1 << 5,
  ACTIVE: 1 << 6,
  DISK_ONLY: 1 << 7,
  INTERNAL: 1 << 8,
  EXTERNAL: 1 << 9,
  TOPOLOGICAL: 1 << 10,
} as const;

/** virDomainSnapshotRevertFlags. */
export const snapshotRevertFlags = {
  RUNNING: 1 << 0,
  PAUSED: 1 << 1,
  FORCE: 1 << 2,
  RESET_NVRAM: 1 << 3,
} as const;

/** virDomainSnapshotDeleteFlags. */
export const snapshotDeleteFlags = {
  CHILDREN: 1 << 0,
  METADATA_ONLY: 1 << 1,
  CHILDREN_ONLY: 1 << 2,
} as const;

/** virDomainSaveRestoreFlags: how the domain is to come back. */
export const saveFlags = {
  BYPASS_CACHE: 1 << 0,
  RUNNING: 1 << 1,
  PAUSED: 1 << 2,
  RESET_NVRAM: 1 << 3,
} as const;

/** virDomainMigrateFlags, without PEER2PEER, which is always set here. */
export const migrateFlags = {
  LIVE: 1 << 0,
  TUNNELLED: 1 << 2,
  PERSIST_DEST: 1 << 3,
  UNDEFINE_SOURCE: 1 << 4,
  PAUSED: 1 << 5,
  NON_SHARED_DISK: 1 << 6,
  NON_SHARED_INC: 1 << 7,
  CHANGE_PROTECTION: 1 << 8,
  UNSAFE: 1 << 9,
  OFFLINE: 1 << 10,
  COMPRESSED: 1 << 11,
  ABORT_ON_ERROR: 1 << 12,
  AUTO_CONVERGE: 1 << 13,
  POSTCOPY: 1 << 15,
  TLS: 1 << 16,
  PARALLEL: 1 << 17,
  NON_SHARED_SYNCHRONOUS_WRITES: 1 << 18,
  POSTCOPY_RESUME: 1 << 19,
  ZEROCOPY: 1 << 20,
} as const;

/** VIR_MIGRATE_PEER2PEER: the source daemon drives the migration and talks to the destination itself. */
export const migratePeerToPeer = 1 << 1;

/** virDomainJobType. */
export const jobTypes = ['NONE', 'BOUNDED', 'UNBOUNDED', 'COMPLETED', 'FAILED', 'CANCELLED'] as const;

/** virDomainGetJobStatsFlags. */
export const jobStatisticsFlags = { COMPLETED: 1 << 0, KEEP_COMPLETED: 1 << 1 } as const;

/** virConnectListAllNetworksFlags. */
export const listNetworksFlags = {
  INACTIVE: 1 << 0,
  ACTIVE: 1 << 1,
  PERSISTENT: 1 << 2,
  TRANSIENT: 1 << 3,
  AUTOSTART: 1 << 4,
  NO_AUTOSTART: 1 << 5,
} as const;

/** virNetworkXMLFlags and virStorageXMLFlags. */
export const inactiveXmlFlags = { INACTIVE: 1 << 0 } as const;

/** virNetworkUpdateCommand. */
export const networkUpdateCommands = ['NONE', 'MODIFY', 'DELETE', 'ADD_LAST', 'ADD_FIRST'] as const;

/** virNetworkUpdateSection. */
export const networkSections = [
  'NONE',
  'BRIDGE',
  'DOMAIN',
  'IP',
  'IP_DHCP_HOST',
  'IP_DHCP_RANGE',
  'FORWARD',
  'FORWARD_INTERFACE',
  'FORWARD_PF',
  'PORTGROUP',
  'DNS_HOST',
  'DNS_TXT',
  'DNS_SRV',
] as const;

/** virConnectListAllStoragePoolsFlags, without the bits per kind of pool. */
export const listPoolsFlags = {
  INACTIVE: 1 << 0,
  ACTIVE: 1 << 1,
  PERSISTENT: 1 << 2,
  TRANSIENT: 1 << 3,
  AUTOSTART: 1 << 4,
  NO_AUTOSTART: 1 << 5,
} as const;

/** virStoragePoolState. */
export const poolStates = ['INACTIVE', 'BUILDING', 'RUNNING', 'DEGRADED', 'INACCESSIBLE'] as const;

/** virStoragePoolCreateFlags. */
export const poolStartFlags = { BUILD: 1 << 0, BUILD_OVERWRITE: 1 << 1, BUILD_NO_OVERWRITE: 1 << 2 } as const;

/** virStorageVolType. */
export const volumeTypes = ['FILE', 'BLOCK', 'DIR', 'NETWORK', 'NETDIR', 'PLOOP'] as const;

/** virStorageVolCreateFlags. */
export const volumeCreateFlags = { PREALLOC_METADATA: 1 << 0, REFLINK: 1 << 1, VALIDATE: 1 << 2 } as const;

/** virStorageVolDeleteFlags. */
export const volumeDeleteFlags = { ZEROED: 1 << 0, WITH_SNAPSHOTS: 1 << 1 } as const;
