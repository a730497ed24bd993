import type { Row } from '@nephos/model/database.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { addListField } from '../../graphql/list-field.ts';
import { PhysicalNetwork } from '../../infrastructure/physical-network/schema.ts';
import { Pod } from '../../infrastructure/pod/schema.ts';
import { Zone } from '../../infrastructure/zone/schema.ts';
import { parseIpv4 } from '../ipv4.ts';
import { takenAddresses } from './store.ts';

/** A guest network. */
export const GuestNetwork = builder.objectRef<Row<'GuestNetwork'>>('GuestNetwork').implement({
  description:
    'A network that machines are plugged into. A BASIC zone has one, flat and shared by all tenants.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, unique in the zone.' }),
    zone: t.field({
      type: Zone,
      description: 'The zone it is in.',
      resolve: ({ zoneId }, _args, { load }) => load.get('Zone', zoneId),
    }),
    physicalNetwork: t.field({
      type: PhysicalNetwork,
      nullable: true,
      description: 'The physical network that it travels on; null for those who may not see it.',
      resolve: ({ physicalNetworkId }, _args, { load }) => load.find('PhysicalNetwork', physicalNetworkId),
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
  }),
});

const GuestNetworkFilter = builder.inputType('GuestNetworkFilter', {
  description: 'Which guest networks.',
  fields: (t) => ({
    zoneId: t.id({ required: false, description: 'In this zone.' }),
  }),
});

addListField({
  field: 'guestNetworks',
  type: 'GuestNetwork',
  plural: 'guest networks',
  node: GuestNetwork,
  table: 'GuestNetwork',
  permission: 'guestNetwork.list',
  searched: ['name'],
  orders: { NAME: { column: 'name', description: 'By name.' } },
  filter: {
    input: GuestNetworkFilter,
    where: ({ zoneId }) => [...(zoneId == null ? [] : [sql<boolean>`"zoneId" = ${zoneId}`])],
  },
});

/** Addresses for guests. */
export const GuestIpRange = builder.objectRef<Row<'GuestIpRange'>>('GuestIpRange').implement({
  description: 'Addresses that guests in a pod may get.',
  interfaces: [Node],
  fields: (t) => ({
    cidr: t.expose('cidr', { type: 'Cidr', description: 'Subnet that the addresses are of.' }),
    gateway: t.expose('gateway', { type: 'IpAddress', description: 'Gateway that guests are told.' }),
    startIp: t.expose('startIp', { type: 'IpAddress', description: 'First address.' }),
    endIp: t.expose('endIp', { type: 'IpAddress', description: 'Last address.' }),
    total: t.int({
      description: 'How many addresses it has.',
      resolve: ({ startIp, endIp }) => (parseIpv4(endIp) ?? 0) - (parseIpv4(startIp) ?? 0) + 1,
    }),
    used: t.int({
      description: 'How many of them are taken.',
      resolve: async ({ id }, _args, { load }) =>
        (await load.partsOf('takenAddresses', id, takenAddresses)) ?? 0,
    }),
    network: t.field({
      type: GuestNetwork,
      description: 'The network it belongs to.',
      resolve: ({ networkId }, _args, { load }) => load.get('GuestNetwork', networkId),
    }),
    pod: t.field({
      type: Pod,
      description: 'The pod whose guests get them.',
      resolve: ({ podId }, _args, { load }) => load.get('Pod', podId),
    }),
  }),
});

const GuestIpRangeFilter = builder.inputType('GuestIpRangeFilter', {
  description: 'Which address ranges.',
  fields: (t) => ({
    networkId: t.id({ required: false, description: 'Of this guest network.' }),
    podId: t.id({ required: false, description: 'For the guests of this pod.' }),
  }),
});

addListField({
  field: 'guestIpRanges',
  type: 'GuestIpRange',
  plural: 'guest address ranges',
  node: GuestIpRange,
  table: 'GuestIpRange',
  permission: 'guestIpRange.list',
  searched: ['cidr', 'startIp', 'endIp'],
  filter: {
    input: GuestIpRangeFilter,
    where: ({ networkId, podId }) => [
      ...(networkId == null ? [] : [sql<boolean>`"networkId" = ${networkId}`]),
      ...(podId == null ? [] : [sql<boolean>`"podId" = ${podId}`]),
    ],
  },
});

export const GuestRangePlanInput = builder.inputType('GuestRangePlanInput', {
  description: 'A new range of guest addresses.',
  fields: (t) => ({
    cidr: t.field({ type: 'Cidr', description: 'Subnet that the addresses are of.' }),
    gateway: t.field({ type: 'IpAddress', description: 'Gateway that guests are told, outside the range.' }),
    startIp: t.field({ type: 'IpAddress', description: 'First address.' }),
    endIp: t.field({ type: 'IpAddress', description: 'Last address.' }),
  }),
});

const CreateGuestIpRangeInput = builder.inputType('CreateGuestIpRangeInput', {
  description: 'A new range of addresses for the guests of a pod.',
  fields: (t) => ({
    networkId: t.id({ description: 'The guest network.' }),
    podId: t.id({ description: 'The pod.' }),
    range: t.field({ type: GuestRangePlanInput, description: 'The addresses.' }),
  }),
});

const CreateGuestIpRangePayload = builder
  .objectRef<{ rangeId: string }>('CreateGuestIpRangePayload')
  .implement({
    description: 'The new range.',
    fields: (t) => ({
      range: t.field({
        type: GuestIpRange,
        description: 'The range.',
        resolve: ({ rangeId }, _args, { load }) => load.get('GuestIpRange', parseId('GuestIpRange', rangeId)),
      }),
    }),
  });

builder.mutationField('createGuestIpRange', (t) =>
  t.field({
    type: CreateGuestIpRangePayload,
    permission: 'guestIpRange.create',
    description: 'Adds addresses to a guest network. Errors: NOT_FOUND, VALIDATION_FAILED.',
    args: { input: t.arg({ type: CreateGuestIpRangeInput, description: 'The range.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.guestNetworks.createRange(actor, {
        ...input.range,
        networkId: idArgument('GuestNetwork', 'input.networkId', input.networkId),
        podId: idArgument('Pod', 'input.podId', input.podId),
      }),
  }),
);
