import { builder } from '../../graphql/builder.ts';
import { optionalId } from '../../graphql/id-argument.ts';
import { Hypervisor } from '../cluster/schema.ts';
import { HostAdminState, HostLinkState } from '../host/schema.ts';
import { AllocationState } from '../zone/schema.ts';
import type { TopologyCluster, TopologyPod, TopologyZone } from './topology-service.ts';
import type { TopologyHost } from './topology-store.ts';

const HostRef = builder.objectRef<TopologyHost>('TopologyHost').implement({
  description: 'A host, as it is drawn.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the host.' }),
    name: t.exposeString('name', { description: 'Its name.' }),
    linkState: t.field({
      type: HostLinkState,
      description: 'Whether the platform hears from it.',
      resolve: ({ linkState }) => linkState,
    }),
    adminState: t.field({
      type: HostAdminState,
      description: 'What administrators want of it.',
      resolve: ({ adminState }) => adminState,
    }),
    machines: t.exposeInt('machines', { description: 'How many machines are on it.' }),
    runningMachines: t.exposeInt('runningMachines', { description: 'How many of them run.' }),
    brokenMachines: t.exposeInt('brokenMachines', {
      description: 'How many of them are in error, or of unknown state.',
    }),
    cpuPercent: t.exposeFloat('cpuPercent', {
      description: 'How much of its processors, as they may be promised, is.',
    }),
    memoryPercent: t.exposeFloat('memoryPercent', {
      description: 'How much of its memory, as it may be promised, is.',
    }),
  }),
});

const ClusterRef = builder.objectRef<TopologyCluster>('TopologyCluster').implement({
  description: 'A cluster, with its hosts.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the cluster.' }),
    name: t.exposeString('name', { description: 'Its name.' }),
    hypervisor: t.field({
      type: Hypervisor,
      description: 'What all of its hosts run.',
      resolve: ({ hypervisor }) => hypervisor,
    }),
    allocationState: t.field({
      type: AllocationState,
      description: 'Whether new machines may come.',
      resolve: (cluster) => cluster.allocationState,
    }),
    hosts: t.field({ type: [HostRef], description: 'Its hosts, by name.', resolve: ({ hosts }) => hosts }),
  }),
});

const PodRef = builder.objectRef<TopologyPod>('TopologyPod').implement({
  description: 'A pod, with its clusters.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the pod.' }),
    name: t.exposeString('name', { description: 'Its name.' }),
    clusters: t.field({
      type: [ClusterRef],
      description: 'Its clusters, by name.',
      resolve: ({ clusters }) => clusters,
    }),
  }),
});

const ZoneRef = builder.objectRef<TopologyZone>('TopologyZone').implement({
  description: 'A zone, with its pods.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the zone.' }),
    name: t.exposeString('name', { description: 'Its name.' }),
    allocationState: t.field({
      type: AllocationState,
      description: 'Whether new machines may come.',
      resolve: (zone) => zone.allocationState,
    }),
    pods: t.field({ type: [PodRef], description: 'Its pods, by name.', resolve: ({ pods }) => pods }),
  }),
});

builder.queryField('topology', (t) =>
  t.field({
    type: [ZoneRef],
    permission: 'topology.list',
    description:
      'The hardware as a tree, down to hosts with their states and counts of machines; `virtualMachines(filter: {hostId})` has those of a host. It costs the same few statements however much there is. Errors: NOT_FOUND.',
    args: { zoneId: t.arg.id({ required: false, description: 'Only this zone; all when left out.' }) },
    resolve: (_parent, { zoneId }, { services, actor }) =>
      services.topology.read(actor, optionalId('Zone', 'zoneId', zoneId)),
  }),
);
