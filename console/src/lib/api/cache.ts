import { cacheExchange, type KeyingConfig, type Resolver } from '@urql/exchange-graphcache';

const embedded = () => null;

/** Types without an id of their own, or whose id is that of something else. */
const keyless = [
  'AvailableVirtualMachineAction',
  'Change',
  'ChangeBatch',
  'HostCapacity',
  'HostDetails',
  'ImageReplica',
  'JobError',
  'JobStep',
  'PageInfo',
  'PhysicalNetworkTraffic',
  'StoragePoolCapacity',
  'Viewer',
  'VirtualMachineSample',
];

const lists = [
  'Agent',
  'AuditEvent',
  'Cluster',
  'DiskOffering',
  'GuestIpRange',
  'GuestNetwork',
  'Host',
  'ImageStore',
  'Iso',
  'Job',
  'PhysicalNetwork',
  'Pod',
  'ServiceOffering',
  'StoragePool',
  'Template',
  'UsageRecord',
  'VirtualMachine',
  'Volume',
  'Zone',
];

const keys: KeyingConfig = {
  ...Object.fromEntries(keyless.map((name) => [name, embedded])),
  ...Object.fromEntries(lists.map((name) => [`${name}Connection`, embedded])),
  Setting: ({ key }) => key as string,
};

/** Kinds of things that `node` and the feed may answer with. */
const nodes = [
  'Agent',
  'Cluster',
  'Host',
  'ImageStore',
  'Iso',
  'Job',
  'Pod',
  'StoragePool',
  'Template',
  'User',
  'VirtualMachine',
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
        virtualMachine: byId('virtualMachine', 'VirtualMachine'),
        job: byId('job', 'Job'),
      },
    },
  });
}
