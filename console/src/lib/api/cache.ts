import { cacheExchange, type KeyingConfig, type Resolver } from '@urql/exchange-graphcache';

const embedded = () => null;

/** Types without an id of their own, or whose id is that of something else. */
const keyless = [
  'AuditChange',
  'AvailableHostAction',
  'AvailableProjectAction',
  'AvailableVirtualMachineAction',
  'Change',
  'ChangeBatch',
  'DeletionPlan',
  'DeployPlan',
  'HostCapacity',
  'HostCheck',
  'HostDetails',
  'HostRefusal',
  'HostVerdict',
  'ImageReplica',
  'JobError',
  'JobStep',
  'PageInfo',
  'PermissionFamily',
  'PhysicalNetworkTraffic',
  'PlacementRefusal',
  'PlacementVerdict',
  'PlanDeleteProjectPayload',
  'ProjectCounts',
  'ProjectMember',
  'QuotaChange',
  'RoleRule',
  'SignInProviders',
  'StoragePoolCapacity',
  'Viewer',
  'VirtualMachineLease',
  'VirtualMachinePassword',
  'VirtualMachineSample',
];

const lists = [
  'Account',
  'AffinityGroup',
  'Agent',
  'AuditEvent',
  'Cluster',
  'DiskOffering',
  'Domain',
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
  'Cluster',
  'Domain',
  'Host',
  'ImageStore',
  'Iso',
  'Job',
  'Pod',
  'Project',
  'ProjectInvitation',
  'Role',
  'SshKeyPair',
  'StoragePool',
  'Template',
  'User',
  'VirtualMachine',
  'VirtualMachineSchedule',
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
