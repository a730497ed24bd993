import type { HostCheck as HostCheckFacts } from '@nephos/model/shapes/host-check.ts';
import type { ZoneDraftPlan as Plan } from '@nephos/model/shapes/zone-draft.ts';
import { builder } from '../../../graphql/builder.ts';
import { Hypervisor } from '../../cluster/schema.ts';
import { HostCheck } from '../../host-installation/schema.ts';
import { TrafficType } from '../../physical-network/schema.ts';
import { StoragePoolScope, StoragePoolType } from '../../storage-pool/schema.ts';
import { NetworkModel } from '../schema.ts';

const Details = builder.objectRef<Plan['zone']>('ZoneDraftDetails').implement({
  description: 'What a drafted zone is called, what its guests are told, and for whom it is.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name.' }),
    networkModel: t.field({
      type: NetworkModel,
      description: 'How guests are to be connected.',
      resolve: ({ networkModel }) => networkModel,
    }),
    dns1: t.exposeString('dns1', { description: 'First DNS server for guests.' }),
    dns2: t.exposeString('dns2', { description: 'Second DNS server for guests; may be empty.' }),
    internalDns1: t.exposeString('internalDns1', {
      description: 'First DNS server of the platform’s machines.',
    }),
    internalDns2: t.exposeString('internalDns2', {
      description: 'Second DNS server of the platform’s machines; may be empty.',
    }),
    networkDomain: t.exposeString('networkDomain', { description: 'DNS domain for guests; may be empty.' }),
    dedicatedDomainId: t.exposeID('dedicatedDomainId', {
      nullable: true,
      description: 'Domain that it is to be reserved for.',
    }),
    dedicatedAccountId: t.exposeID('dedicatedAccountId', {
      nullable: true,
      description: 'Account that it is to be reserved for.',
    }),
  }),
});

const Traffic = builder
  .objectRef<Plan['physicalNetworks'][number]['traffic'][number]>('ZoneDraftTraffic')
  .implement({
    description: 'A kind of traffic on a drafted physical network.',
    fields: (t) => ({
      type: t.field({ type: TrafficType, description: 'Which traffic.', resolve: ({ type }) => type }),
      label: t.exposeString('label', { description: 'Bridge that carries it, the same on every host.' }),
    }),
  });

const Network = builder.objectRef<Plan['physicalNetworks'][number]>('ZoneDraftPhysicalNetwork').implement({
  description: 'A drafted physical network.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name.' }),
    traffic: t.field({
      type: [Traffic],
      description: 'What travels on it.',
      resolve: ({ traffic }) => traffic,
    }),
  }),
});

const Pod = builder.objectRef<Plan['pod']>('ZoneDraftPod').implement({
  description: 'The drafted first pod.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name.' }),
    cidr: t.exposeString('cidr', { description: 'Its subnet: `10.0.0.0/24`.' }),
    gateway: t.exposeString('gateway', { description: 'Gateway of the subnet.' }),
    reservedStart: t.exposeString('reservedStart', { description: 'First address kept for the system.' }),
    reservedEnd: t.exposeString('reservedEnd', { description: 'Last address kept for the system.' }),
  }),
});

const GuestRange = builder.objectRef<Plan['guestRange']>('ZoneDraftGuestRange').implement({
  description: 'Drafted addresses for guests.',
  fields: (t) => ({
    cidr: t.exposeString('cidr', { description: 'Their subnet.' }),
    gateway: t.exposeString('gateway', { description: 'Their gateway.' }),
    startIp: t.exposeString('startIp', { description: 'First address.' }),
    endIp: t.exposeString('endIp', { description: 'Last address.' }),
  }),
});

const Cluster = builder.objectRef<Plan['cluster']>('ZoneDraftCluster').implement({
  description: 'The drafted first cluster.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name.' }),
    hypervisor: t.field({
      type: Hypervisor,
      description: 'What its hosts run.',
      resolve: ({ hypervisor }) => hypervisor,
    }),
    cpuOvercommit: t.exposeString('cpuOvercommit', { description: 'How often a processor is promised.' }),
    memoryOvercommit: t.exposeString('memoryOvercommit', { description: 'How often memory is promised.' }),
  }),
});

const Primary = builder.objectRef<Plan['primaryStorage']>('ZoneDraftPrimaryStorage').implement({
  description: 'Where disks of machines are to lie.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name.' }),
    type: t.field({ type: StoragePoolType, description: 'Its kind.', resolve: ({ type }) => type }),
    scope: t.field({ type: StoragePoolScope, description: 'Who reaches it.', resolve: ({ scope }) => scope }),
    path: t.exposeString('path', { description: 'Its directory on the hosts.' }),
  }),
});

const Images = builder.objectRef<Plan['imageStore']>('ZoneDraftImageStore').implement({
  description: 'Where templates and ISOs are to lie.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name.' }),
    path: t.exposeString('path', { description: 'Its directory on the storage agent’s machine.' }),
    agentId: t.exposeID('agentId', {
      nullable: true,
      description: 'Storage agent that is to work for the zone; null: any that is free.',
    }),
  }),
});

/** A drafted host with what is known of it. */
export interface HostView {
  key: string;
  name: string;
  agentId: string | null;
  ssh: (NonNullable<Plan['hosts'][number]['ssh']> & SecretView) | null;
  isMade: boolean;
  hostId: string | null;
  checks: HostCheckFacts[];
  checkedAt: Date | null;
}

interface SecretView {
  hasPassword: boolean;
  hasPrivateKey: boolean;
  hasPassphrase: boolean;
}

const Ssh = builder.objectRef<NonNullable<HostView['ssh']>>('ZoneDraftSsh').implement({
  description: 'How a machine is entered over SSH. Its secret is kept sealed and never told.',
  fields: (t) => ({
    address: t.exposeString('address', { description: 'IP address or name of the machine.' }),
    port: t.exposeString('port', { description: 'Port of SSH.' }),
    username: t.exposeString('username', { description: 'User to sign in as.' }),
    hostKeyFingerprint: t.exposeString('hostKeyFingerprint', {
      description: 'Key that the machine must show: `SHA256:…`; empty: whatever it shows.',
    }),
    hasPassword: t.exposeBoolean('hasPassword', { description: 'Whether a password is kept.' }),
    hasPrivateKey: t.exposeBoolean('hasPrivateKey', { description: 'Whether a private key is kept.' }),
    hasPassphrase: t.exposeBoolean('hasPassphrase', { description: 'Whether a passphrase is kept.' }),
  }),
});

const Host = builder.objectRef<HostView>('ZoneDraftHost').implement({
  description: 'A drafted host: an agent that has enrolled, or a machine that one is installed on.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'Tells it from the other hosts of the draft.' }),
    name: t.exposeString('name', { description: 'Its name; empty: the machine’s own.' }),
    agentId: t.exposeID('agentId', { nullable: true, description: 'The agent that runs it.' }),
    ssh: t.field({
      type: Ssh,
      nullable: true,
      description: 'Where an agent is to be installed.',
      resolve: ({ ssh }) => ssh,
    }),
    isMade: t.exposeBoolean('isMade', { description: 'Whether it is a host already.' }),
    hostId: t.exposeID('hostId', {
      nullable: true,
      description: 'Id that it has, or will have; null before the first launch.',
    }),
    checks: t.field({
      type: [HostCheck],
      description: 'What was found on the machine when it was last looked at for this draft.',
      resolve: ({ checks }) => checks,
    }),
    checkedAt: t.expose('checkedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When that was.',
    }),
  }),
});

/** A plan with what is known of its hosts. */
export type PlanView = Omit<Plan, 'hosts'> & { hosts: HostView[] };

export const ZoneDraftPlan = builder.objectRef<PlanView>('ZoneDraftPlan').implement({
  description: 'All that was typed of a zone, right or wrong.',
  fields: (t) => ({
    zone: t.field({ type: Details, description: 'The zone itself.', resolve: ({ zone }) => zone }),
    physicalNetworks: t.field({
      type: [Network],
      description: 'Networks that the hosts are wired to.',
      resolve: ({ physicalNetworks }) => physicalNetworks,
    }),
    pod: t.field({ type: Pod, description: 'Its first pod.', resolve: ({ pod }) => pod }),
    guestRange: t.field({
      type: GuestRange,
      description: 'Addresses for the guests of that pod.',
      resolve: ({ guestRange }) => guestRange,
    }),
    cluster: t.field({ type: Cluster, description: 'Its first cluster.', resolve: ({ cluster }) => cluster }),
    hosts: t.field({
      type: [Host],
      description: 'The hosts of that cluster.',
      resolve: ({ hosts }) => hosts,
    }),
    primaryStorage: t.field({
      type: Primary,
      description: 'Where disks lie.',
      resolve: ({ primaryStorage }) => primaryStorage,
    }),
    imageStore: t.field({
      type: Images,
      description: 'Where templates and ISOs lie.',
      resolve: ({ imageStore }) => imageStore,
    }),
  }),
});
