import {
  bool,
  bytes,
  type Codec,
  flags,
  int,
  kibibytes,
  list,
  named as oneOf,
  nothing,
  optional,
  prefixed,
  suffixed,
  text,
  uhyper,
  uint,
  uuid,
} from './codec.ts';
import * as c from './constants.ts';
import { lasting, named, qemu, remote } from './procedure.ts';
import {
  domainRef as domain,
  networkFilterRef as filter,
  networkRef as network,
  snapshotRef as snapshot,
  storagePoolRef as pool,
  storageVolumeRef as volume,
} from './references.ts';
import * as results from './results.ts';
import { typedParameters } from './typed-parameters.ts';

const xml = text;
const disk = text;
const stateFlags = flags(c.impactFlags);

// Most objects that a list may hold: REMOTE_DOMAIN_LIST_MAX and its equals.
const listed = 16_384;

/** Asks a list call for the objects themselves, not only for their number. */
const wanted = <T>(codec: Codec<T>): Codec<T> => prefixed(1, codec);

/** The objects of a list call; their number, which follows once more, says nothing new. */
const all = <T>(codec: Codec<T>): Codec<readonly T[]> => suffixed(list(codec, listed), 0);

/** The last argument of a call whose flags have no meaning yet: libvirt refuses anything but zero. */
const noFlags = <T>(codec: Codec<T>): Codec<T> => suffixed(codec, 0);

/** Bytes per second, 0 for no limit; the calls are told so by their own flag, without which it would be MiB/s. */
const bandwidth = uhyper;

/**
 * The calls of libvirt's protocols that this package makes. Numbers and shapes are those of libvirt 9.0; they are
 * append-only, so they hold for every newer daemon, and for older ones as far as they know the call.
 */
export const procedures = named({
  // Connection
  connectOpen: remote(1, [optional(text), flags(c.openFlags)], nothing),
  connectClose: remote(2, [], nothing),
  authList: remote(66, [], list(int, 20)),
  authPolkit: remote(70, [], int),
  connectSupportsFeature: remote(60, [int], bool),
  domainEventRegister: remote(316, [int, optional(domain)], int),
  domainEventDeregister: remote(317, [int], nothing),

  // Host
  connectGetType: remote(3, [], text),
  connectGetVersion: remote(4, [], uhyper),
  connectGetLibVersion: remote(157, [], uhyper),
  connectGetHostname: remote(59, [], text),
  connectGetUri: remote(110, [], text),
  connectGetCapabilities: remote(7, [], xml),
  connectGetDomainCapabilities: remote(
    342,
    [optional(text), optional(text), optional(text), noFlags(optional(text))],
    xml,
  ),
  nodeGetInfo: remote(6, [], results.nodeInfo),
  nodeGetFreeMemory: remote(102, [], uhyper),
  nodeGetCpuStats: remote(227, [int, noFlags(int)], results.nodeStatistics),
  nodeGetMemoryStats: remote(228, [int, noFlags(int)], results.nodeStatistics),

  // Domain: find, define, describe
  connectListAllDomains: remote(273, [wanted(flags(c.listDomainsFlags))], all(domain)),
  domainLookupById: remote(22, [int], domain),
  domainLookupByName: remote(23, [text], domain),
  domainLookupByUuid: remote(24, [uuid], domain),
  domainDefineXmlFlags: remote(350, [xml, flags(c.defineFlags)], domain),
  domainUndefineFlags: remote(231, [domain, flags(c.undefineFlags)], nothing),
  domainGetXmlDesc: remote(14, [domain, flags(c.domainXmlFlags)], xml),
  domainGetInfo: remote(16, [domain], results.domainInfo),
  domainGetState: remote(212, [noFlags(domain)], results.domainState),
  domainGetAutostart: remote(15, [domain], bool),
  domainSetAutostart: remote(29, [domain, bool], nothing),
  domainRename: remote(358, [domain, noFlags(optional(text))], int),
  domainSetMetadata: remote(
    264,
    [domain, oneOf(c.metadataTypes), optional(text), optional(text), optional(text), stateFlags],
    nothing,
  ),
  domainGetMetadata: remote(265, [domain, oneOf(c.metadataTypes), optional(text), stateFlags], text),

  // Domain: power
  domainCreateXml: remote(10, [xml, flags(c.startFlags)], domain),
  domainCreateWithFlags: remote(196, [domain, flags(c.startFlags)], domain),
  domainShutdownFlags: remote(258, [domain, flags(c.shutdownFlags)], nothing),
  domainReboot: remote(27, [domain, flags(c.shutdownFlags)], nothing),
  domainReset: remote(245, [noFlags(domain)], nothing),
  domainDestroyFlags: remote(234, [domain, flags(c.destroyFlags)], nothing),
  domainSuspend: remote(34, [domain], nothing),
  domainResume: remote(28, [domain], nothing),

  // Domain: devices and size
  domainAttachDeviceFlags: remote(160, [domain, xml, flags(c.deviceFlags)], nothing),
  domainDetachDeviceFlags: remote(161, [domain, xml, flags(c.deviceFlags)], nothing),
  domainDetachDeviceAlias: remote(392, [domain, text, flags(c.deviceFlags)], nothing),
  domainUpdateDeviceFlags: remote(174, [domain, xml, flags(c.deviceFlags)], nothing),
  domainSetMemoryFlags: remote(204, [domain, kibibytes, flags(c.memoryFlags)], nothing),
  domainSetMemoryStatsPeriod: remote(308, [domain, int, stateFlags], nothing),
  domainSetVcpusFlags: remote(199, [domain, uint, flags(c.vcpuFlags)], nothing),
  domainSetBlockIoTune: remote(252, [domain, disk, typedParameters(32), stateFlags], nothing),
  domainSetInterfaceParameters: remote(256, [domain, text, typedParameters(16), stateFlags], nothing),
  domainInterfaceAddresses: remote(
    353,
    [domain, noFlags(oneOf(c.addressSources))],
    list(results.domainInterface, 2048),
  ),

  // Domain: disks and block jobs
  domainGetBlockInfo: remote(194, [domain, noFlags(disk)], results.blockInfo),
  // Flag 1: the size is in bytes.
  domainBlockResize: remote(251, [domain, disk, suffixed(uhyper, 1)], nothing),
  domainBlockCommit: remote(
    290,
    [domain, disk, optional(text), optional(text), bandwidth, flags(c.blockCommitFlags, 1 << 4)],
    nothing,
  ),
  domainBlockCopy: remote(345, [domain, disk, xml, typedParameters(16), flags(c.blockCopyFlags)], nothing),
  domainBlockPull: remote(240, [domain, disk, suffixed(bandwidth, 1 << 6)], nothing),
  domainGetBlockJobInfo: remote(238, [domain, suffixed(disk, 1)], results.blockJobInfo),
  domainBlockJobSetSpeed: remote(239, [domain, disk, suffixed(bandwidth, 1)], nothing),
  domainBlockJobAbort: lasting(remote(237, [domain, disk, flags(c.blockJobAbortFlags)], nothing)),

  // Domain: snapshots
  domainSnapshotCreateXml: lasting(remote(185, [domain, xml, flags(c.snapshotCreateFlags)], snapshot)),
  domainListAllSnapshots: remote(274, [domain, wanted(flags(c.snapshotListFlags))], all(snapshot)),
  domainSnapshotLookupByName: remote(189, [domain, noFlags(text)], snapshot),
  domainSnapshotCurrent: remote(191, [noFlags(domain)], snapshot),
  domainSnapshotGetXmlDesc: remote(186, [noFlags(snapshot)], xml),
  domainRevertToSnapshot: lasting(remote(192, [snapshot, flags(c.snapshotRevertFlags)], nothing)),
  domainSnapshotDelete: lasting(remote(193, [snapshot, flags(c.snapshotDeleteFlags)], nothing)),

  // Domain: memory on disk
  domainManagedSave: lasting(remote(182, [domain, flags(c.saveFlags)], nothing)),
  domainHasManagedSaveImage: remote(183, [noFlags(domain)], bool),
  domainManagedSaveRemove: remote(184, [noFlags(domain)], nothing),
  domainSaveFlags: lasting(remote(232, [domain, text, optional(xml), flags(c.saveFlags)], nothing)),
  domainRestoreFlags: lasting(remote(233, [text, optional(xml), flags(c.saveFlags)], nothing)),

  // Domain: migration and jobs
  domainMigratePerform3Params: lasting(
    remote(
      305,
      [
        domain,
        optional(text),
        // No cookie: with a peer-to-peer migration the two daemons exchange it themselves.
        suffixed(typedParameters(64), 0),
        flags(c.migrateFlags, c.migratePeerToPeer),
      ],
      bytes(4 * 1024 * 1024),
    ),
  ),
  domainMigrateGetMaxDowntime: remote(387, [noFlags(domain)], uhyper),
  domainMigrateSetMaxDowntime: remote(166, [domain, noFlags(uhyper)], nothing),
  domainMigrateSetMaxSpeed: remote(207, [domain, noFlags(uhyper)], nothing),
  domainGetJobStats: remote(298, [domain, flags(c.jobStatisticsFlags)], results.jobStatistics),
  domainAbortJob: remote(164, [domain], nothing),

  // Domain: guest
  domainSendKey: remote(226, [domain, oneOf(c.keycodeSets), uint, noFlags(list(uint, 16))], nothing),
  domainScreenshot: remote(211, [domain, noFlags(uint)], optional(text)),
  domainOpenConsole: remote(201, [domain, optional(text), flags(c.consoleFlags)], nothing),
  domainFsFreeze: lasting(remote(335, [domain, noFlags(list(text, 256))], int)),
  domainFsThaw: lasting(remote(336, [domain, noFlags(list(text, 256))], int)),
  qemuMonitorCommand: qemu(1, [domain, noFlags(text)], text),
  qemuAgentCommand: lasting(qemu(3, [domain, text, noFlags(int)], optional(text))),

  // Domain: statistics
  connectGetAllDomainStats: remote(
    344,
    [list(domain, listed), flags(c.statisticsGroups), flags(c.statisticsFlags)],
    list(results.domainStatistics, listed),
  ),

  // Network
  connectListAllNetworks: remote(283, [wanted(flags(c.listNetworksFlags))], all(network)),
  networkLookupByName: remote(46, [text], network),
  networkLookupByUuid: remote(47, [uuid], network),
  networkDefineXml: remote(41, [xml], network),
  networkCreateXml: remote(40, [xml], network),
  networkCreate: remote(39, [network], nothing),
  networkDestroy: remote(42, [network], nothing),
  networkUndefine: remote(49, [network], nothing),
  networkGetAutostart: remote(44, [network], bool),
  networkSetAutostart: remote(48, [network, bool], nothing),
  networkIsActive: remote(152, [network], bool),
  networkGetBridgeName: remote(45, [network], text),
  networkGetXmlDesc: remote(43, [network, flags(c.inactiveXmlFlags)], xml),
  networkUpdate: remote(
    291,
    [network, oneOf(c.networkUpdateCommands), oneOf(c.networkSections), int, xml, stateFlags],
    nothing,
  ),
  networkGetDhcpLeases: remote(
    341,
    [network, noFlags(suffixed(optional(text), 1))],
    suffixed(list(results.dhcpLease, 65_536), 0),
  ),

  // Storage
  connectListAllStoragePools: remote(281, [wanted(flags(c.listPoolsFlags))], all(pool)),
  storagePoolLookupByName: remote(84, [text], pool),
  storagePoolLookupByUuid: remote(85, [uuid], pool),
  storagePoolDefineXml: remote(77, [noFlags(xml)], pool),
  storagePoolCreate: remote(78, [pool, flags(c.poolStartFlags)], nothing),
  storagePoolDestroy: remote(80, [pool], nothing),
  storagePoolUndefine: remote(82, [pool], nothing),
  storagePoolRefresh: remote(83, [noFlags(pool)], nothing),
  storagePoolGetInfo: remote(87, [pool], results.poolInfo),
  storagePoolGetXmlDesc: remote(88, [pool, flags(c.inactiveXmlFlags)], xml),
  storagePoolListAllVolumes: remote(282, [noFlags(suffixed(pool, 1))], all(volume)),
  storageVolumeLookupByName: remote(95, [pool, text], volume),
  storageVolumeLookupByPath: remote(97, [text], volume),
  storageVolumeCreateXml: lasting(remote(93, [pool, xml, flags(c.volumeCreateFlags)], volume)),
  storageVolumeDelete: lasting(remote(94, [volume, flags(c.volumeDeleteFlags)], nothing)),
  storageVolumeGetInfo: remote(98, [volume], results.volumeInfo),
  storageVolumeGetPath: remote(100, [volume], text),
  storageVolumeGetXmlDesc: remote(99, [noFlags(volume)], xml),

  // Network filter
  connectListAllNetworkFilters: remote(286, [wanted(flags({}))], all(filter)),
  networkFilterLookupByName: remote(175, [text], filter),
  networkFilterLookupByUuid: remote(176, [uuid], filter),
  networkFilterDefineXml: remote(180, [xml], filter),
  networkFilterUndefine: remote(181, [filter], nothing),
  networkFilterGetXmlDesc: remote(177, [noFlags(filter)], xml),
});
