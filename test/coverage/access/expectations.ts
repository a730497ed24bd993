import type { Kind } from './kinds.ts';
import type { May } from './viewers.ts';

/** A thing that the input names. */
export interface Target {
  kind: Kind;
  /** Name of the field or argument that holds its id. */
  at: string;
  /**
   * What is done with it. Beside changing it:
   * - `use`: shared things may be used by those who may not change them;
   * - `rule`: identities of a higher rank than one's own may not be touched;
   * - `grant`: a role may be given by those who rank as high;
   * - `limit`: domains are limited from above.
   */
  how: 'change' | 'use' | 'rule' | 'grant' | 'limit';
}

/** What is expected of one operation. */
export interface Expectation {
  /** Who has the right to it at all. */
  may: May;
  /** Each in turn is somebody else's, while the others are the viewer's own. */
  targets?: readonly Target[];
  /** The answer is the list of everything of a kind that the viewer sees. */
  lists?: Kind;
  /** Only one's own is listed, or changed, whoever sees it. */
  isOnlyMine?: true;
  /** A subscription tells of everything of these kinds that the viewer sees. */
  follows?: readonly Kind[];
  /** A subscription that says nothing of most things. */
  isQuiet?: true;
}

const lists = (kind: Kind, may: May = 'look'): Expectation => ({ may, lists: kind });
/** Reads, or follows, one thing. */
const finds = (kind: Kind, at = 'id'): Expectation => ({ may: 'look', targets: [uses(kind, at)] });
const changes = (kind: Kind, at = 'id', ...others: Target[]): Expectation => ({
  may: 'work',
  targets: [{ kind, at, how: 'change' }, ...others],
});
const uses = (kind: Kind, at: string): Target => ({ kind, at, how: 'use' });
const makes = (...targets: Target[]): Expectation => ({ may: 'work', targets });
const administers = (kind: Kind, at = 'id', ...others: Target[]): Expectation => ({
  ...changes(kind, at, ...others),
  may: 'administer',
});
/** Changes who somebody is, or may be. */
const rules = (kind: Kind, at = 'id'): Expectation => ({
  may: 'administer',
  targets: [{ kind, at, how: 'rule' }],
});
const operates: Expectation = { may: 'operate' };
const operatesOn = (kind: Kind, at = 'id'): Expectation => ({ ...changes(kind, at), may: 'operate' });

/** Kinds of which the change feed tells everyone who sees them. */
const feedKinds: readonly Kind[] = [
  'VirtualMachine',
  'Volume',
  'Nic',
  'Job',
  'Template',
  'Iso',
  'Account',
  'Project',
  'Zone',
  'ZoneDraft',
  'ServiceOffering',
  'DiskOffering',
  'GuestNetwork',
  'Host',
  'ForeignMachine',
  'Balance',
  'Budget',
  'Notice',
  'Agent',
  'Alert',
  'UsageExport',
  'UsageExportSchedule',
  'UsageExportRun',
];

/**
 * What every operation of the API is expected to do, in a line each. An operation without a line fails the test, and
 * so does a line without an operation.
 */
export const operations: Record<string, Expectation> = {
  // Machines, and what belongs to them.
  'query virtualMachines': lists('VirtualMachine'),
  'query virtualMachine': finds('VirtualMachine'),
  'query virtualMachineStatistics': finds('VirtualMachine'),
  'query volumes': lists('Volume'),
  'mutation deployVirtualMachine': makes(
    uses('Template', 'templateId'),
    uses('Iso', 'isoId'),
    uses('Zone', 'zoneId'),
    uses('ServiceOffering', 'serviceOfferingId'),
    uses('SshKeyPair', 'sshKeyPairIds'),
    { kind: 'Account', at: 'accountId', how: 'change' },
  ),
  'query planDeployVirtualMachine': makes(
    uses('Template', 'templateId'),
    uses('Iso', 'isoId'),
    uses('Zone', 'zoneId'),
    uses('ServiceOffering', 'serviceOfferingId'),
    { kind: 'Account', at: 'accountId', how: 'change' },
  ),
  'query affinityGroups': lists('AffinityGroup'),
  'mutation createAffinityGroup': makes({ kind: 'Account', at: 'accountId', how: 'change' }),
  'mutation updateAffinityGroup': changes('AffinityGroup'),
  'mutation deleteAffinityGroup': changes('AffinityGroup'),
  'mutation updateVirtualMachineAffinity': changes('VirtualMachine'),
  'mutation startVirtualMachine': changes('VirtualMachine', 'id', uses('Iso', 'bootFromIsoId')),
  'mutation stopVirtualMachine': changes('VirtualMachine'),
  'mutation suspendVirtualMachine': changes('VirtualMachine'),
  'mutation resumeVirtualMachine': changes('VirtualMachine'),
  'mutation rebootVirtualMachine': changes('VirtualMachine'),
  'mutation resetVirtualMachinePassword': changes('VirtualMachine'),
  'mutation resetVirtualMachineSshKeys': changes('VirtualMachine', 'id', uses('SshKeyPair', 'sshKeyPairIds')),
  'mutation reinstallVirtualMachine': changes('VirtualMachine', 'id', uses('Template', 'templateId')),
  'mutation scaleVirtualMachine': changes(
    'VirtualMachine',
    'id',
    uses('ServiceOffering', 'serviceOfferingId'),
  ),
  'mutation attachNic': changes('VirtualMachine'),
  'mutation detachNic': changes('VirtualMachine'),
  'mutation updateNic': changes('VirtualMachine'),
  'mutation updateVirtualMachine': changes('VirtualMachine'),
  'mutation assignVirtualMachine': administers('VirtualMachine', 'id', {
    kind: 'Account',
    at: 'accountId',
    how: 'rule',
  }),
  'query sshKeyPairs': lists('SshKeyPair'),
  'mutation createSshKeyPair': makes({ kind: 'Account', at: 'accountId', how: 'change' }),
  'mutation deleteSshKeyPair': changes('SshKeyPair'),
  'mutation migrateVirtualMachine': {
    may: 'operate',
    targets: [{ kind: 'VirtualMachine', at: 'id', how: 'change' }, uses('Host', 'hostId')],
  },
  'query planMigrateVirtualMachine': operatesOn('VirtualMachine'),
  'mutation importVirtualMachine': operatesOn('ForeignMachine', 'foreignMachineId'),
  'mutation unmanageVirtualMachine': operatesOn('VirtualMachine'),
  'mutation destroyVirtualMachine': changes('VirtualMachine'),
  'mutation recoverVirtualMachine': changes('VirtualMachine'),
  'mutation expungeVirtualMachine': changes('VirtualMachine'),
  'mutation attachIso': changes('VirtualMachine', 'id', uses('Iso', 'isoId')),
  'mutation detachIso': changes('VirtualMachine'),
  'query virtualMachineSchedules': lists('VirtualMachineSchedule'),
  'mutation createVirtualMachineSchedule': changes('VirtualMachine', 'virtualMachineId'),
  'mutation updateVirtualMachineSchedule': changes('VirtualMachineSchedule'),
  'mutation deleteVirtualMachineSchedule': changes('VirtualMachineSchedule'),
  'query virtualMachineSnapshots': lists('VirtualMachineSnapshot'),
  'mutation createVirtualMachineSnapshot': changes('VirtualMachine'),
  'mutation revertToVirtualMachineSnapshot': changes('VirtualMachineSnapshot'),
  'mutation updateVirtualMachineSnapshot': changes('VirtualMachineSnapshot'),
  'mutation deleteVirtualMachineSnapshot': changes('VirtualMachineSnapshot'),
  'mutation setVirtualMachineLease': changes('VirtualMachine'),
  'mutation createConsoleAccess': changes('VirtualMachine', 'virtualMachineId'),
  'subscription virtualMachineChanged': { ...finds('VirtualMachine'), follows: ['VirtualMachine'] },
  'subscription virtualMachineStatistics': { ...finds('VirtualMachine'), isQuiet: true },

  // Templates and ISOs.
  'query templates': lists('Template'),
  'query isos': lists('Iso'),
  'mutation registerTemplate': makes(uses('Zone', 'zoneId')),
  'mutation registerIso': makes(uses('Zone', 'zoneId')),
  'mutation createTemplate': changes('VirtualMachine', 'virtualMachineId'),
  'mutation deleteTemplate': changes('Template'),
  'mutation deleteIso': changes('Iso'),
  'mutation shareTemplate': changes('Template'),
  'mutation shareIso': changes('Iso'),

  // What happened, and is happening.
  'query jobs': lists('Job'),
  'query job': finds('Job'),
  'mutation cancelJob': changes('Job'),
  'mutation resumeJob': operatesOn('Job'),
  'mutation retryJob': changes('Job'),
  'mutation dismissJobs': { may: 'look' },
  'query search': { may: 'look' },
  'subscription jobs': { may: 'look', follows: ['Job'] },
  'subscription jobUpdated': finds('Job'),
  'query auditEvents': lists('AuditEvent'),
  'query usageRecords': lists('UsageRecord'),
  'query usagePeriods': lists('UsagePeriod', 'operate'),
  'query usageExports': lists('UsageExport'),
  'mutation createUsageExport': {
    may: 'look',
    targets: [uses('Account', 'accountId'), uses('Zone', 'zoneId')],
  },
  'mutation deleteUsageExport': { ...changes('UsageExport'), may: 'look' },
  'query usageExportSchedules': lists('UsageExportSchedule'),
  'query usageExportRuns': lists('UsageExportRun'),
  'mutation createUsageExportSchedule': {
    may: 'look',
    targets: [uses('Account', 'accountId'), uses('Zone', 'zoneId')],
  },
  'mutation updateUsageExportSchedule': { ...changes('UsageExportSchedule'), may: 'look' },
  'mutation deleteUsageExportSchedule': { ...changes('UsageExportSchedule'), may: 'look' },
  'mutation runUsageExportSchedule': { ...changes('UsageExportSchedule'), may: 'look' },
  'mutation retryUsageExportRun': { ...changes('UsageExportRun'), may: 'look' },
  'query usageTimeZone': { may: 'look' },
  'query usageSums': {
    may: 'look',
    targets: [uses('Account', 'accountId'), uses('Zone', 'zoneId')],
  },
  'query ratedLines': lists('RatedLine'),
  'query statements': lists('Statement'),
  'query statement': finds('Statement'),
  'query statementDrafts': { may: 'look', targets: [uses('Account', 'accountId')] },
  'query domainStatementSums': { may: 'look' },
  'mutation finalizeStatements': operates,
  'query ledgerEntries': lists('LedgerEntry'),
  'query balances': lists('Balance'),
  'mutation refreshBalances': { may: 'look' },
  'mutation grantCredit': operatesOn('Account', 'accountId'),
  'query quotaPolicies': lists('QuotaPolicy', 'operate'),
  'mutation setQuotaPolicy': operatesOn('Account', 'accountId'),
  'mutation removeQuotaPolicy': operatesOn('QuotaPolicy'),
  'query notices': lists('Notice'),
  'query noticeContact': finds('Account', 'accountId'),
  'mutation updateNoticeContact': changes('Account', 'accountId'),
  'mutation setMailPassword': operates,
  'query costs': { may: 'look' },
  'query costOverview': { may: 'look', targets: [uses('Account', 'accountId')] },
  'query costShares': { may: 'look', targets: [uses('Account', 'accountId')] },
  'query budgets': lists('Budget'),
  'mutation createBudget': makes(
    { kind: 'Account', at: 'accountId', how: 'change' },
    { kind: 'Domain', at: 'domainId', how: 'change' },
  ),
  'mutation updateBudget': changes('Budget'),
  'mutation deleteBudget': changes('Budget'),
  'query tariffs': lists('Tariff'),
  'query tariff': finds('Tariff'),
  'mutation createTariff': operates,
  'mutation addTariffVersion': operatesOn('Tariff', 'tariffId'),
  'mutation updateTariff': operatesOn('Tariff'),
  'mutation removeTariff': operatesOn('Tariff'),
  'query prepaidTerms': lists('PrepaidTerm'),
  'query prepaidOffers': finds('VirtualMachine', 'virtualMachineId'),
  'mutation prepayVirtualMachine': changes('VirtualMachine', 'virtualMachineId'),
  'mutation updatePrepaidTerm': changes('PrepaidTerm'),
  'mutation endPrepaidTerm': changes('PrepaidTerm'),
  'query tariffPreview': operates,
  'query tariffConditionProblem': operates,
  'query priceAdjustments': lists('PriceAdjustment'),
  'mutation createPriceAdjustment': operates,
  'mutation updatePriceAdjustment': operatesOn('PriceAdjustment'),
  'query changeCursor': { may: 'look' },
  'subscription changes': { may: 'look', follows: feedKinds },
  'query node': finds('VirtualMachine'),
  'query nodes': { may: 'look' },

  // Who one is.
  'query viewer': { may: 'public' },
  'mutation signIn': { may: 'public' },
  'mutation useSetupLink': { may: 'public' },
  'mutation changePassword': { may: 'session' },
  'mutation updateProfile': { may: 'session' },
  'mutation setPreference': { may: 'session' },
  'query sessions': { ...lists('UserSession'), isOnlyMine: true },
  'mutation endSession': { ...changes('UserSession'), may: 'look' },
  'mutation endAllSessions': { ...changes('User', 'userId'), may: 'look' },
  'query userSessions': finds('User', 'userId'),
  'query signInHistory': finds('User', 'userId'),
  'query apiKeys': { ...lists('ApiKey'), isOnlyMine: true },
  'query userApiKeys': finds('User', 'userId'),
  'mutation createApiKey': { may: 'look' },
  'mutation deleteApiKey': { ...changes('ApiKey'), may: 'look' },
  'mutation completeSignIn': { may: 'public' },
  'query signInProviders': { may: 'public' },
  'mutation beginSecondFactor': { may: 'session' },
  'mutation confirmSecondFactor': { may: 'session' },
  'mutation removeSecondFactor': { may: 'session' },
  'mutation renewRecoveryCodes': { may: 'session' },

  // Tenants.
  'query domains': lists('Domain'),
  'query domain': finds('Domain'),
  'mutation createDomain': administers('Domain', 'parentId'),
  'mutation updateDomain': administers('Domain'),
  'mutation deleteDomain': administers('Domain'),
  'query planDeleteDomain': administers('Domain'),
  'query accounts': lists('Account'),
  'query account': finds('Account'),
  'mutation createAccount': { may: 'administer', targets: [{ kind: 'Role', at: 'roleId', how: 'grant' }] },
  'mutation updateAccount': rules('Account'),
  'mutation enableAccount': rules('Account'),
  'mutation disableAccount': rules('Account'),
  'mutation lockAccount': rules('Account'),
  'mutation deleteAccount': rules('Account'),
  'query planDeleteAccount': rules('Account'),
  'query users': lists('User'),
  'query user': finds('User'),
  'mutation createUser': rules('Account', 'accountId'),
  'mutation updateUser': rules('User'),
  'mutation enableUser': rules('User'),
  'mutation disableUser': rules('User'),
  'mutation lockUser': rules('User'),
  'mutation deleteUser': rules('User'),
  'mutation resetPassword': rules('User'),
  'mutation resetSecondFactor': rules('User'),
  'query roles': lists('Role'),
  'query role': finds('Role'),
  'query permissions': { may: 'look' },
  'mutation createRole': operates,
  'mutation updateRole': operatesOn('Role'),
  'mutation deleteRole': operatesOn('Role'),
  'query identityProviders': lists('IdentityProvider', 'inspect'),
  'mutation createIdentityProvider': administers('Domain', 'domainId'),
  'mutation updateIdentityProvider': administers('IdentityProvider'),
  'mutation deleteIdentityProvider': administers('IdentityProvider'),

  // Projects.
  'query projects': lists('Project'),
  'query project': finds('Project'),
  'mutation createProject': makes(),
  'mutation updateProject': changes('Project'),
  'mutation suspendProject': changes('Project'),
  'mutation activateProject': changes('Project'),
  'mutation deleteProject': changes('Project'),
  'query planDeleteProject': changes('Project'),
  'mutation inviteToProject': changes('Project', 'projectId'),
  'mutation updateProjectMember': changes('Project', 'projectId'),
  'mutation removeProjectMember': changes('Project', 'projectId'),
  'query projectInvitations': lists('ProjectInvitation'),
  'mutation revokeProjectInvitation': changes('ProjectInvitation'),
  'mutation answerProjectInvitation': {
    may: 'look',
    targets: [uses('ProjectInvitation', 'id')],
    isOnlyMine: true,
  },

  // Limits.
  'query resourceLimits': { may: 'look', targets: [uses('Account', 'ownerId'), uses('Domain', 'ownerId')] },
  'mutation updateResourceLimit': administers('Account', 'ownerId', {
    kind: 'Domain',
    at: 'ownerId',
    how: 'limit',
  }),
  'mutation recountResources': administers('Account', 'accountId'),

  // What is offered to them.
  'query zones': lists('Zone'),
  'query serviceOfferings': lists('ServiceOffering'),
  'query diskOfferings': lists('DiskOffering'),
  'query guestNetworks': lists('GuestNetwork'),
  'mutation createServiceOffering': operates,
  'mutation updateServiceOffering': operatesOn('ServiceOffering'),
  'mutation deleteServiceOffering': operatesOn('ServiceOffering'),
  'mutation createDiskOffering': operates,
  'mutation updateDiskOffering': operatesOn('DiskOffering'),
  'mutation deleteDiskOffering': operatesOn('DiskOffering'),

  // Hardware.
  'query agents': lists('Agent', 'operate'),
  'query pods': lists('Pod', 'operate'),
  'query clusters': lists('Cluster', 'operate'),
  'query hosts': lists('Host', 'operate'),
  'query host': { ...finds('Host'), may: 'operate' },
  'query foreignMachines': lists('ForeignMachine', 'operate'),
  'query foreignMachine': { ...finds('ForeignMachine'), may: 'operate' },
  'query physicalNetworks': lists('PhysicalNetwork', 'operate'),
  'query guestIpRanges': lists('GuestIpRange', 'operate'),
  'query storagePools': lists('StoragePool', 'operate'),
  'query imageStores': lists('ImageStore', 'operate'),
  'query alerts': lists('Alert', 'operate'),
  'query alertCounts': operates,
  'subscription alerts': { may: 'operate', follows: ['Alert'] },
  'mutation acknowledgeAlerts': operatesOn('Alert', 'ids'),
  'query capacity': { may: 'operate', targets: [uses('Host', 'scopeId')] },
  'query capacities': { may: 'operate', targets: [uses('Host', 'scopeId')] },
  'query capacityHistory': { may: 'operate', targets: [uses('Zone', 'scopeId')] },
  'query topology': { may: 'operate', targets: [uses('Zone', 'zoneId')] },
  'query controlPlane': operates,
  'mutation generateUsage': operates,
  'query settings': operates,
  'mutation updateSetting': operates,
  'mutation createEnrolmentToken': operates,
  'mutation createZone': operates,
  'query zoneDrafts': lists('ZoneDraft', 'operate'),
  'mutation createZoneDraft': operates,
  'mutation updateZoneDraft': operatesOn('ZoneDraft'),
  'mutation checkZoneDraftHost': operatesOn('ZoneDraft'),
  'mutation launchZoneDraft': operatesOn('ZoneDraft'),
  'mutation discardZoneDraft': operatesOn('ZoneDraft'),
  'mutation deleteZoneDraft': operatesOn('ZoneDraft'),
  'mutation setZoneAllocation': operates,
  'mutation dedicateZone': operatesOn('Zone'),
  'mutation dedicatePod': operatesOn('Pod'),
  'mutation dedicateCluster': operatesOn('Cluster'),
  'mutation dedicateHost': operatesOn('Host'),
  'mutation updateCluster': operatesOn('Cluster'),
  'mutation updateStoragePool': operatesOn('StoragePool'),
  'mutation createPod': operates,
  'mutation createCluster': operates,
  'mutation addHost': operates,
  'mutation checkHost': operates,
  'mutation upgradeHostAgent': operatesOn('Host'),
  'mutation updateHost': operatesOn('Host'),
  'mutation enableHost': operatesOn('Host'),
  'mutation disableHost': operatesOn('Host'),
  'mutation reconnectHost': operatesOn('Host'),
  'mutation prepareHostForMaintenance': operatesOn('Host'),
  'mutation cancelHostMaintenance': operatesOn('Host'),
  'mutation deleteHost': operatesOn('Host'),
  'mutation createPhysicalNetwork': operates,
  'mutation createGuestIpRange': operates,
  'mutation createStoragePool': operates,
  'mutation createImageStore': operates,
  'subscription hostStateChanged': { may: 'operate', follows: ['Host'] },
  'query hostStatistics': { may: 'operate', targets: [uses('Host', 'id')] },
  'subscription hostStatistics': { may: 'operate', targets: [uses('Host', 'id')], isQuiet: true },
  'query storagePoolStatistics': { may: 'operate', targets: [uses('StoragePool', 'id')] },
};

/** Operations that the confined API key was made for. */
export const keyOperations: ReadonlySet<string> = new Set([
  'query virtualMachines',
  'query virtualMachine',
  'mutation startVirtualMachine',
  'subscription virtualMachineChanged',
  'query node',
  'query nodes',
  'query search',
  'query changeCursor',
  'subscription changes',
]);

/** Fields whose things come with what they are part of, for everyone who sees that. All others obey their own kind's rule. */
export const parts: ReadonlySet<string> = new Set(['VirtualMachine.nics', 'VirtualMachine.volumes']);

/** Fields that give nothing in the test's world, with the reason. */
export const emptyFields: Record<string, string> = {
  'VirtualMachine.targetHost': 'no machine is on its way to another host',
};

/** Operations that nobody comes to the end of in the test's world, and what stops those who may. */
export const neverDone: Record<string, RegExp> = {
  'mutation activateProject': /must be SUSPENDED/,
  'mutation addHost': /already runs host/,
  'mutation assignVirtualMachine': /is paid for until/,
  'mutation attachNic': /no card in yet/,
  'mutation beginSecondFactor': /must be your password/,
  'mutation cancelHostMaintenance': /to come back from maintenance it must be/,
  'mutation cancelJob': /can no longer be cancelled/,
  'mutation changePassword': /must be your password/,
  'mutation checkZoneDraftHost': /must be the key of a host/,
  'mutation completeSignIn': /this sign-in is over/,
  'mutation confirmSecondFactor': /no second factor is being set up/,
  'mutation createZone': /gateway/,
  'mutation deleteDomain': /is not empty/,
  'mutation detachNic': /default network card/,
  'mutation deleteHost': /to be deleted it must be/,
  'mutation enableHost': /to be enabled it must be/,
  'mutation expungeVirtualMachine': /must be DESTROYED/,
  'mutation finalizeStatements': /usage is summed up to/,
  'mutation importVirtualMachine': /cannot be imported/,
  'mutation launchZoneDraft': /must name at least one host/,
  'mutation migrateVirtualMachine': /the only host of the zone cannot/,
  'mutation recoverVirtualMachine': /must be DESTROYED/,
  'mutation reinstallVirtualMachine': /to be reinstalled it must have none/,
  'mutation removeProjectMember': /no admin left/,
  'mutation removeSecondFactor': /must be your password/,
  'mutation renewRecoveryCodes': /must be your password/,
  'mutation resumeJob': /only a STUCK job/,
  'mutation retryJob': /cannot be asked for again/,
  'mutation dismissJobs': /must be from 1 to 100 ids/,
  'mutation resumeVirtualMachine': /must be SUSPENDED/,
  'mutation runUsageExportSchedule': /not summed up yet/,
  'mutation signIn': /the password is wrong/,
  'mutation unmanageVirtualMachine': /has snapshots/,
  'mutation upgradeHostAgent': /is a SIMULATOR/,
  'mutation useSetupLink': /this link was used already/,
};
