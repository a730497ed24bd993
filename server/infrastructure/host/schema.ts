import type { HostFacts } from '@nephos/agent-protocol/reports.ts';
import type { Row } from '@nephos/model/database.ts';
import type {
  HostAdminState as HostAdminStates,
  HostLinkState as HostLinkStates,
} from '@nephos/model/generated/enums.ts';
import { sql } from 'kysely';
import { jobField } from '../../activity/job-schema.ts';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { addListField } from '../../graphql/list-field.ts';
import { Cluster, Hypervisor } from '../cluster/schema.ts';
import { Pod } from '../pod/schema.ts';
import { Zone } from '../zone/schema.ts';
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

const HostAdminState = builder.enumType('HostAdminState', {
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
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was added.' }),
  }),
});

const HostFilter = builder.inputType('HostFilter', {
  description: 'Which hosts.',
  fields: (t) => ({
    zoneId: t.id({ required: false, description: 'In this zone.' }),
    clusterId: t.id({ required: false, description: 'In this cluster.' }),
    linkState: t.field({ type: [HostLinkState], required: false, description: 'In one of these states.' }),
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
    where: ({ zoneId, clusterId, linkState }) => [
      ...(zoneId == null ? [] : [sql<boolean>`"zoneId" = ${zoneId}`]),
      ...(clusterId == null ? [] : [sql<boolean>`"clusterId" = ${clusterId}`]),
      ...(linkState == null ? [] : [sql<boolean>`"linkState"::text = any(${linkState})`]),
    ],
  },
});

export const HostPlanInput = builder.inputType('HostPlanInput', {
  description: 'A new host: an enrolled agent that is to run machines.',
  fields: (t) => ({
    agentId: t.id({ description: 'The agent; `agents(filter: {kind: HOST, isFree: true})` lists them.' }),
    name: t.string({ required: false, description: 'Name of the host; the agent’s own when left out.' }),
  }),
});

const AddHostInput = builder.inputType('AddHostInput', {
  description: 'A new host of a cluster.',
  fields: (t) => ({
    clusterId: t.id({ description: 'The cluster.' }),
    agentId: t.id({ description: 'The agent that runs it.' }),
    name: t.string({ required: false, description: 'Its name; the agent’s own when left out.' }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const AddHostPayload = builder.objectRef<{ hostId: string; jobId: string }>('AddHostPayload').implement({
  description: 'The job that adds the host.',
  fields: (t) => ({
    hostId: t.exposeID('hostId', { description: 'Id that the host will have.' }),
    job: jobField(t),
  }),
});

builder.mutationField('addHost', (t) =>
  t.field({
    type: AddHostPayload,
    permission: 'host.add',
    description:
      'Makes an enrolled agent a host of a cluster, and attaches the cluster’s storage to it. Errors: NOT_FOUND, VALIDATION_FAILED, RESOURCE_IN_USE, AGENT_UNREACHABLE.',
    args: { input: t.arg({ type: AddHostInput, description: 'The host.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.hosts.add(actor, {
        ...input,
        clusterId: idArgument('Cluster', 'input.clusterId', input.clusterId),
        agentId: idArgument('Agent', 'input.agentId', input.agentId),
      }),
  }),
);
