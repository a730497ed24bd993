import type { Row } from '@nephos/model/database.ts';
import type {
  AllocationState as AllocationStates,
  NetworkModel as NetworkModels,
} from '@nephos/model/generated/enums.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { addListField } from '../../graphql/list-field.ts';

export const NetworkModel = builder.enumType('NetworkModel', {
  description: 'How guests of a zone are connected; fixed when it is made.',
  values: {
    BASIC: { description: 'One flat guest network for everybody, kept apart by filters.' },
    ADVANCED: { description: 'Networks of their own for tenants.' },
  } satisfies Record<keyof typeof NetworkModels, { description: string }>,
});

export const AllocationState = builder.enumType('AllocationState', {
  description: 'Whether new machines may come.',
  values: {
    ENABLED: { description: 'New machines may come.' },
    DISABLED: { description: 'None may; what runs there runs on.' },
  } satisfies Record<keyof typeof AllocationStates, { description: string }>,
});

/** A zone. */
export const Zone = builder.objectRef<Row<'Zone'>>('Zone').implement({
  description: 'Usually one data centre.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, unique.' }),
    networkModel: t.field({
      type: NetworkModel,
      description: 'How guests are connected.',
      resolve: (zone) => zone.networkModel,
    }),
    allocationState: t.field({
      type: AllocationState,
      description: 'Whether new machines may come.',
      resolve: (zone) => zone.allocationState,
    }),
    dns1: t.expose('dns1', { type: 'IpAddress', description: 'First DNS server that guests are told.' }),
    dns2: t.expose('dns2', {
      type: 'IpAddress',
      nullable: true,
      description: 'Second DNS server that guests are told.',
    }),
    internalDns1: t.expose('internalDns1', {
      type: 'IpAddress',
      description: 'First DNS server of the platform’s own machines.',
    }),
    internalDns2: t.expose('internalDns2', {
      type: 'IpAddress',
      nullable: true,
      description: 'Second DNS server of the platform’s own machines.',
    }),
    networkDomain: t.exposeString('networkDomain', {
      nullable: true,
      description: 'DNS domain that guests are told.',
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

const ZoneFilter = builder.inputType('ZoneFilter', {
  description: 'Which zones.',
  fields: (t) => ({
    allocationState: t.field({ type: AllocationState, required: false, description: 'Open or closed ones.' }),
  }),
});

addListField({
  field: 'zones',
  type: 'Zone',
  plural: 'zones',
  node: Zone,
  table: 'Zone',
  permission: 'zone.list',
  searched: ['name'],
  orders: { NAME: { column: 'name', description: 'By name.' } },
  filter: {
    input: ZoneFilter,
    where: ({ allocationState }) => [
      ...(allocationState == null ? [] : [sql<boolean>`"allocationState"::text = ${allocationState}`]),
    ],
  },
});

const SetZoneAllocationInput = builder.inputType('SetZoneAllocationInput', {
  description: 'Which zone, and whether it is open.',
  fields: (t) => ({
    id: t.id({ description: 'The zone.' }),
    isEnabled: t.boolean({ description: 'Whether new machines may come.' }),
    expectedVersion: t.int({
      required: false,
      description: 'Refuse with VERSION_CONFLICT if it was changed since this version.',
    }),
  }),
});

/** What mutations of a zone answer. */
export const ZonePayload = builder.objectRef<{ zoneId: string }>('ZonePayload').implement({
  description: 'The zone that was changed.',
  fields: (t) => ({
    zone: t.field({
      type: Zone,
      description: 'The zone as it is now.',
      resolve: ({ zoneId }, _args, { load }) => load.get('Zone', parseId('Zone', zoneId)),
    }),
  }),
});

builder.mutationField('setZoneAllocation', (t) =>
  t.field({
    type: ZonePayload,
    permission: 'zone.update',
    description: 'Opens a zone for new machines, or closes it. Errors: NOT_FOUND, VERSION_CONFLICT.',
    args: {
      input: t.arg({ type: SetZoneAllocationInput, description: 'Which zone, and whether it is open.' }),
    },
    resolve: (_parent, { input }, { services, actor }) =>
      services.zones.setAllocation(actor, { ...input, id: idArgument('Zone', 'input.id', input.id) }),
  }),
);
