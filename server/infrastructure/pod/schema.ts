import type { Row } from '@nephos/model/database.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { addListField } from '../../graphql/list-field.ts';
import { Zone } from '../zone/schema.ts';

/** A pod. */
export const Pod = builder.objectRef<Row<'Pod'>>('Pod').implement({
  description: 'Usually one rack: one subnet for hosts and system machines.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, unique in the zone.' }),
    cidr: t.expose('cidr', { type: 'Cidr', description: 'Its subnet.' }),
    gateway: t.expose('gateway', { type: 'IpAddress', description: 'Gateway of the subnet.' }),
    reservedStart: t.expose('reservedStart', {
      type: 'IpAddress',
      description: 'First address kept for system machines.',
    }),
    reservedEnd: t.expose('reservedEnd', {
      type: 'IpAddress',
      description: 'Last address kept for system machines.',
    }),
    zone: t.field({
      type: Zone,
      description: 'The zone it is in.',
      resolve: ({ zoneId }, _args, { load }) => load.get('Zone', zoneId),
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

export const PodPlanInput = builder.inputType('PodPlanInput', {
  description: 'A new pod.',
  fields: (t) => ({
    name: t.string({ description: 'Its name, unique in the zone.' }),
    cidr: t.field({
      type: 'Cidr',
      description: 'Its subnet; must not overlap that of another pod of the zone.',
    }),
    gateway: t.field({
      type: 'IpAddress',
      description: 'Gateway of the subnet, outside the reserved range.',
    }),
    reservedStart: t.field({ type: 'IpAddress', description: 'First address kept for system machines.' }),
    reservedEnd: t.field({ type: 'IpAddress', description: 'Last address kept for system machines.' }),
  }),
});

const PodFilter = builder.inputType('PodFilter', {
  description: 'Which pods.',
  fields: (t) => ({
    zoneId: t.id({ required: false, description: 'In this zone.' }),
  }),
});

addListField({
  field: 'pods',
  type: 'Pod',
  plural: 'pods',
  node: Pod,
  table: 'Pod',
  permission: 'pod.list',
  searched: ['name', 'cidr'],
  orders: { NAME: { column: 'name', description: 'By name.' } },
  filter: {
    input: PodFilter,
    where: ({ zoneId }) => [...(zoneId == null ? [] : [sql<boolean>`"zoneId" = ${zoneId}`])],
  },
});

const CreatePodInput = builder.inputType('CreatePodInput', {
  description: 'A new pod of a zone.',
  fields: (t) => ({
    zoneId: t.id({ description: 'The zone.' }),
    pod: t.field({ type: PodPlanInput, description: 'The pod.' }),
  }),
});

const CreatePodPayload = builder.objectRef<{ podId: string }>('CreatePodPayload').implement({
  description: 'The new pod.',
  fields: (t) => ({
    pod: t.field({
      type: Pod,
      description: 'The pod.',
      resolve: ({ podId }, _args, { load }) => load.get('Pod', parseId('Pod', podId)),
    }),
  }),
});

builder.mutationField('createPod', (t) =>
  t.field({
    type: CreatePodPayload,
    permission: 'pod.create',
    description: 'Adds a pod to a zone. Errors: NOT_FOUND, VALIDATION_FAILED.',
    args: { input: t.arg({ type: CreatePodInput, description: 'The pod.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.pods.create(actor, { ...input.pod, zoneId: idArgument('Zone', 'input.zoneId', input.zoneId) }),
  }),
);
