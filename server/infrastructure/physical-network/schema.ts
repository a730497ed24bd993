import type { Row } from '@nephos/model/database.ts';
import type { TrafficType as TrafficTypes } from '@nephos/model/generated/enums.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { addListField } from '../../graphql/list-field.ts';
import { Zone } from '../zone/schema.ts';
import { trafficOf } from './store.ts';

export const TrafficType = builder.enumType('TrafficType', {
  description: 'What travels on a physical network.',
  values: {
    PUBLIC: { description: 'Between machines and the outside.' },
    GUEST: { description: 'Between machines.' },
    MANAGEMENT: { description: 'Between hosts, system machines and management servers.' },
    STORAGE: { description: 'Between hosts and storage.' },
  } satisfies Record<keyof typeof TrafficTypes, { description: string }>,
});

const Traffic = builder.objectRef<Row<'PhysicalNetworkTraffic'>>('PhysicalNetworkTraffic').implement({
  description: 'One traffic type on a physical network.',
  fields: (t) => ({
    type: t.field({
      type: TrafficType,
      description: 'What travels.',
      resolve: ({ trafficType }) => trafficType,
    }),
    label: t.exposeString('label', { description: 'Name of the bridge that carries it on every host.' }),
  }),
});

/** A physical network. */
export const PhysicalNetwork = builder.objectRef<Row<'PhysicalNetwork'>>('PhysicalNetwork').implement({
  description: 'A network that hosts are wired to.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, unique in the zone.' }),
    traffic: t.field({
      type: [Traffic],
      description: 'What travels on it.',
      resolve: async ({ id }, _args, { load }) => (await load.partsOf('traffic', id, trafficOf)) ?? [],
    }),
    zone: t.field({
      type: Zone,
      description: 'The zone it is in.',
      resolve: ({ zoneId }, _args, { load }) => load.get('Zone', zoneId),
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
  }),
});

const TrafficInput = builder.inputType('TrafficInput', {
  description: 'One traffic type, and the bridge that carries it.',
  fields: (t) => ({
    type: t.field({ type: TrafficType, description: 'What travels.' }),
    label: t.string({
      description: 'Name of the bridge on every host: `cloudbr0`. An agent makes it where it is missing.',
    }),
  }),
});

export const PhysicalNetworkPlanInput = builder.inputType('PhysicalNetworkPlanInput', {
  description: 'A new physical network.',
  fields: (t) => ({
    name: t.string({ description: 'Its name, unique in the zone.' }),
    traffic: t.field({ type: [TrafficInput], description: 'What travels on it, at least one type.' }),
  }),
});

const PhysicalNetworkFilter = builder.inputType('PhysicalNetworkFilter', {
  description: 'Which physical networks.',
  fields: (t) => ({
    zoneId: t.id({ required: false, description: 'In this zone.' }),
  }),
});

addListField({
  field: 'physicalNetworks',
  type: 'PhysicalNetwork',
  plural: 'physical networks',
  node: PhysicalNetwork,
  table: 'PhysicalNetwork',
  permission: 'physicalNetwork.list',
  searched: ['name'],
  orders: { NAME: { column: 'name', description: 'By name.' } },
  filter: {
    input: PhysicalNetworkFilter,
    where: ({ zoneId }) => [...(zoneId == null ? [] : [sql<boolean>`"zoneId" = ${zoneId}`])],
  },
});

const CreatePhysicalNetworkInput = builder.inputType('CreatePhysicalNetworkInput', {
  description: 'A new physical network of a zone.',
  fields: (t) => ({
    zoneId: t.id({ description: 'The zone.' }),
    physicalNetwork: t.field({ type: PhysicalNetworkPlanInput, description: 'The network.' }),
  }),
});

const CreatePhysicalNetworkPayload = builder
  .objectRef<{ physicalNetworkId: string }>('CreatePhysicalNetworkPayload')
  .implement({
    description: 'The new physical network.',
    fields: (t) => ({
      physicalNetwork: t.field({
        type: PhysicalNetwork,
        description: 'The network.',
        resolve: ({ physicalNetworkId }, _args, { load }) =>
          load.get('PhysicalNetwork', parseId('PhysicalNetwork', physicalNetworkId)),
      }),
    }),
  });

builder.mutationField('createPhysicalNetwork', (t) =>
  t.field({
    type: CreatePhysicalNetworkPayload,
    permission: 'physicalNetwork.create',
    description: 'Adds a physical network to a zone. Errors: NOT_FOUND, VALIDATION_FAILED.',
    args: { input: t.arg({ type: CreatePhysicalNetworkInput, description: 'The network.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.physicalNetworks.create(actor, {
        ...input.physicalNetwork,
        zoneId: idArgument('Zone', 'input.zoneId', input.zoneId),
      }),
  }),
);
