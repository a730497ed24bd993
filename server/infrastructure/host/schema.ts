import type { HostFacts } from '@nephos/agent-protocol/reports.ts';
import type { Row } from '@nephos/model/database.ts';
import type {
  HostAdminState as HostAdminStates,
  HostLinkState as HostLinkStates,
} from '@nephos/model/generated/enums.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { addListField } from '../../graphql/list-field.ts';
import { Agent } from '../agent/schema.ts';
import { hostsOfAgents } from '../agent/store.ts';
import { Cluster, Hypervisor } from '../cluster/schema.ts';
import { Pod } from '../pod/schema.ts';
import { Zone } from '../zone/schema.ts';
import { availableHostActions, type AvailableHostAction, type HostAction } from './available-actions.ts';
import { factsOf, hostCapacities } from './store.ts';

export const HostLinkState = builder.enumType('HostLinkState', {
  description: 'Whether the platform hears from a host.',
  values: {
    CONNECTING: { description: 'Has not connected yet.' },
    UP: { description: 'Connected.' },
    DISCONNECTED: { description: 'Silent for a short while.' },
    ALERT: { description: 'Silent for too long: nobody knows whether its machines run.' },
    DOWN: { description: 'Known to be off.' },
  } satisfies Record<keyof typeof HostLinkStates, { description: string }>,
});

export const HostAdminState = builder.enumType('HostAdminState', {
  description: 'What administrators want of a host.',
  values: {
    ENABLED: { description: 'Takes machines.' },
    DISABLED: { description: 'Takes no new machines.' },
    PREPARE_FOR_MAINTENANCE: { description: 'Is being emptied.' },
    MAINTENANCE: { description: 'Is empty.' },
    ERROR_IN_MAINTENANCE: { description: 'Could not be emptied.' },
  } satisfies Record<keyof typeof HostAdminStates, { description: string }>,
});

const HostDetails = builder.objectRef<HostFacts>('HostDetails').implement({
  description: 'What a host’s agent found on its machine.',
  fields: (t) => ({
    hostname: t.exposeString('hostname', { description: 'Its own name.' }),
    driver: t.exposeString('driver', { description: 'What its agent drives: `libvirt` or `simulator`.' }),
    acceleration: t.exposeString('acceleration', {
      description: '`kvm`: the processor runs guests; `tcg`: QEMU translates them; `none`: simulated.',
    }),
    accelerationReason: t.exposeString('accelerationReason', { description: 'How that was found out.' }),
    hypervisorVersion: t.exposeString('hypervisorVersion', {
      description: 'Versions of the hypervisor and its library.',
    }),
    operatingSystem: t.exposeString('operatingSystem', { description: 'Operating system and kernel.' }),
    cpuModel: t.exposeString('cpuModel', { description: 'Processor model.' }),
  }),
});

const HostCapacity = builder.objectRef<Row<'HostCapacity'>>('HostCapacity').implement({
  description: 'What may be promised of a host, and what is.',
  fields: (t) => ({
    cpuMhzTotal: t.exposeInt('cpuMhzTotal', {
      description: 'Megahertz that may be promised, over-provisioning included.',
    }),
    cpuMhzReserved: t.exposeInt('cpuMhzReserved', {
      description: 'Megahertz that are promised to machines.',
    }),
    memoryTotal: t.expose('memoryBytesTotal', {
      type: 'Bytes',
      description: 'Memory that may be promised, over-provisioning included.',
    }),
    memoryReserved: t.expose('memoryBytesReserved', {
      type: 'Bytes',
      description: 'Memory that is promised to machines.',
    }),
  }),
});

const HostActionEnum = builder.enumType('HostAction', {
  description: 'What can be done to a host.',
  values: {
    UPDATE: { description: 'updateHost' },
    ENABLE: { description: 'enableHost' },
    DISABLE: { description: 'disableHost' },
    PREPARE_FOR_MAINTENANCE: { description: 'prepareHostForMaintenance' },
    CANCEL_MAINTENANCE: { description: 'cancelHostMaintenance' },
    RECONNECT: { description: 'reconnectHost' },
    UPGRADE_AGENT: { description: 'upgradeHostAgent' },
    DELETE: { description: 'deleteHost' },
  } satisfies Record<HostAction, { description: string }>,
});

const AvailableHostActionRef = builder.objectRef<AvailableHostAction>('AvailableHostAction').implement({
  description: 'Whether you may do something to a host now.',
  fields: (t) => ({
    action: t.field({ type: HostActionEnum, description: 'What.', resolve: ({ action }) => action }),
    isAllowed: t.exposeBoolean('isAllowed', { description: 'Whether you may.' }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why not.' }),
  }),
});

/** A host. */
export const Host = builder.objectRef<Row<'Host'>>('Host').implement({
  description: 'One hypervisor server, run by a host agent.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, unique in the cluster.' }),
    hypervisor: t.field({
      type: Hypervisor,
      description: 'What runs machines on it.',
      resolve: ({ hypervisor }) => hypervisor,
    }),
    linkState: t.field({
      type: HostLinkState,
      description: 'Whether the platform hears from it.',
      resolve: ({ linkState }) => linkState,
    }),
    linkStateSince: t.expose('linkStateSince', { type: 'DateTime', description: 'Since when.' }),
    adminState: t.field({
      type: HostAdminState,
      description: 'What administrators want of it.',
      resolve: ({ adminState }) => adminState,
    }),
    adminStateReason: t.exposeString('adminStateReason', {
      nullable: true,
      description: 'Why it could not be emptied: which machine would not move, and what stood in its way.',
    }),
    tags: t.exposeStringList('tags', { description: 'What service offerings may ask for.' }),
    cpuCores: t.exposeInt('cpuCores', { description: 'Processor cores.' }),
    cpuMhz: t.exposeInt('cpuMhz', { description: 'Frequency of a core in megahertz.' }),
    memory: t.expose('memoryBytes', { type: 'Bytes', description: 'Memory.' }),
    capacity: t.field({
      type: HostCapacity,
      nullable: true,
      description: 'What may be promised of it, and what is.',
      resolve: async ({ id }, _args, { load }) =>
        (await load.partsOf('hostCapacity', id, hostCapacities)) ?? null,
    }),
    details: t.field({ type: HostDetails, description: 'What its agent found.', resolve: factsOf }),
    cluster: t.field({
      type: Cluster,
      description: 'The cluster it is in.',
      resolve: ({ clusterId }, _args, { load }) => load.get('Cluster', clusterId),
    }),
    pod: t.field({
      type: Pod,
      description: 'The pod it is in.',
      resolve: ({ podId }, _args, { load }) => load.get('Pod', podId),
    }),
    zone: t.field({
      type: Zone,
      description: 'The zone it is in.',
      resolve: ({ zoneId }, _args, { load }) => load.get('Zone', zoneId),
    }),
    availableActions: t.field({
      type: [AvailableHostActionRef],
      description: 'What you may do to it now, and why not the rest.',
      resolve: (host, _args, { actor }) => availableHostActions(actor, host),
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was added.' }),
  }),
});

builder.objectField(Agent, 'host', (t) =>
  t.field({
    type: Host,
    nullable: true,
    description: 'The host that it runs; null for other agents, and before it is one.',
    resolve: async ({ id }, _args, { load }) => {
      const hostId = await load.partsOf('hostOfAgent', id, hostsOfAgents);
      return hostId === undefined ? null : load.find('Host', hostId);
    },
  }),
);

const HostFilter = builder.inputType('HostFilter', {
  description: 'Which hosts.',
  fields: (t) => ({
    zoneId: t.id({ required: false, description: 'In this zone.' }),
    podId: t.id({ required: false, description: 'In this pod.' }),
    clusterId: t.id({ required: false, description: 'In this cluster.' }),
    linkState: t.field({ type: [HostLinkState], required: false, description: 'In one of these states.' }),
    adminState: t.field({
      type: [HostAdminState],
      required: false,
      description: 'Of which administrators want one of these.',
    }),
  }),
});

addListField({
  field: 'hosts',
  type: 'Host',
  plural: 'hosts',
  node: Host,
  table: 'Host',
  permission: 'host.list',
  searched: ['name'],
  orders: { NAME: { column: 'name', description: 'By name.' } },
  filter: {
    input: HostFilter,
    where: ({ zoneId, podId, clusterId, linkState, adminState }) => [
      ...(zoneId == null ? [] : [sql<boolean>`"zoneId" = ${zoneId}`]),
      ...(podId == null ? [] : [sql<boolean>`"podId" = ${podId}`]),
      ...(clusterId == null ? [] : [sql<boolean>`"clusterId" = ${clusterId}`]),
      ...(linkState == null ? [] : [sql<boolean>`"linkState"::text = any(${linkState})`]),
      ...(adminState == null ? [] : [sql<boolean>`"adminState"::text = any(${adminState})`]),
    ],
  },
});

builder.queryField('host', (t) =>
  t.field({
    type: Host,
    nullable: true,
    permission: 'host.list',
    description: 'One host, or null.',
    args: { id: t.arg.id({ description: 'Its id.' }) },
    resolve: (_parent, { id }, { load }) => load.find('Host', idArgument('Host', 'id', id)),
  }),
);

export const HostPlanInput = builder.inputType('HostPlanInput', {
  description: 'A new host: an enrolled agent that is to run machines.',
  fields: (t) => ({
    agentId: t.id({ description: 'The agent; `agents(filter: {kind: HOST, isFree: true})` lists them.' }),
    name: t.string({ required: false, description: 'Name of the host; the agent’s own when left out.' }),
  }),
});
