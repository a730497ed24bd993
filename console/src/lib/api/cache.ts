import { cacheExchange, type KeyingConfig, type Resolver } from '@urql/exchange-graphcache';

const embedded = () => null;

/** Types without an id of their own, or whose id is that of something else. */
const keyless = [
  'AddressCapacity',
  'AlertCounts',
  'AlertFact',
  'AuditChange',
  'AvailableHostAction',
  'AvailableProjectAction',
  'AvailableVirtualMachineAction',
  'AvailableVirtualMachineSnapshotAction',
  'Capacity',
  'Change',
  'ChangeBatch',
  'CpuCapacity',
  'DeletionPlan',
  'DeployPlan',
  'ForeignDisk',
  'ForeignNic',
  'HostCapacity',
  'HostCheck',
  'HostDetails',
  'HostRefusal',
  'HostStatistics',
  'HostStatisticsPoint',
  'HostVerdict',
  'ImageReplica',
  'JobError',
  'JobStep',
  'MachineDifference',
  'MemoryCapacity',
  'PageInfo',
  'PermissionFamily',
  'PhysicalNetworkTraffic',
  'PlacementRefusal',
  'PlacementVerdict',
  'PlanDeleteProjectPayload',
  'PlannedPrice',
  'PrimaryStorageCapacity',
  'ProjectCounts',
  'ProjectMember',
  'QuotaChange',
  'RoleRule',
  'SecondaryStorageCapacity',
  'SignInProviders',
  'StoragePoolCapacity',
  'StoragePoolStatistics',
  'StoragePoolStatisticsPoint',
  'Viewer',
  'VirtualMachineLease',
  'VirtualMachinePassword',
  'VirtualMachineSample',
  'VirtualMachineStatistics',
  'VirtualMachineStatisticsPoint',
];

const lists = [
  'Account',
  'AffinityGroup',
  'Agent',
  'Alert',
  'AuditEvent',
  'Cluster',
  'DiskOffering',
  'Domain',
  'ForeignMachine',
  'GuestIpRange',
  'GuestNetwork',
  'Host',
  'HostVerdict',
  'ImageStore',
  'Iso',
  'Job',
  'PhysicalNetwork',
  'Pod',
  'Project',
  'ProjectInvitation',
  'Role',
  'ServiceOffering',
  'SignInEvent',
  'SshKeyPair',
  'StoragePool',
  'Template',
  'UsageRecord',
  'User',
  'VirtualMachine',
  'VirtualMachineSchedule',
  'VirtualMachineSnapshot',
  'Volume',
  'Zone',
];

const keys: KeyingConfig = {
  ...Object.fromEntries(keyless.map((name) => [name, embedded])),
  ...Object.fromEntries(lists.map((name) => [`${name}Connection`, embedded])),
  ResourceLimit: ({ ownerId, resource }) => `${ownerId as string} ${resource as string}`,
  Setting: ({ key }) => key as string,
};

/** Kinds of things that `node` and the feed may answer with. */
const nodes = [
  'Account',
  'AffinityGroup',
  'Agent',
  'Alert',
  'Cluster',
  'DiskOffering',
  'Domain',
  'ForeignMachine',
  'Host',
  'ImageStore',
  'Iso',
  'Job',
  'Pod',
  'Project',
  'ProjectInvitation',
  'Role',
  'ServiceOffering',
  'SshKeyPair',
  'StoragePool',
  'Template',
  'User',
  'VirtualMachine',
  'VirtualMachineSchedule',
  'VirtualMachineSnapshot',
  'Volume',
  'Zone',
];

/**
 * What a list, a mutation or the feed has brought is shown at once, before its own query is answered; what the server
 * said is not there stays away.
 */
function byId(field: string, type: string): Resolver {
  return (_parent, args, cache) =>
    cache.resolve('Query', field, args) === null ? null : { __typename: type, id: args['id'] as string };
}

/** The cache: everything once, by its id, whoever asked for it. */
export function makeCache() {
  return cacheExchange({
    keys,
    possibleTypes: { Node: nodes },
    resolvers: {
      Query: {
        account: byId('account', 'Account'),
        domain: byId('domain', 'Domain'),
        host: byId('host', 'Host'),
        project: byId('project', 'Project'),
        role: byId('role', 'Role'),
        user: byId('user', 'User'),
        virtualMachine: byId('virtualMachine', 'VirtualMachine'),
        job: byId('job', 'Job'),
      },
    },
  });
}
