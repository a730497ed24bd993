import type { Row } from '@nephos/model/database.ts';
import type {
  ForeignDisk as ForeignDiskShape,
  ForeignNic as ForeignNicShape,
} from '@nephos/model/shapes/foreign-machine.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { addListField } from '../../graphql/list-field.ts';
import { demand } from '../../identity/access/guarded-loader.ts';
import { Host } from '../../infrastructure/host/schema.ts';
import { BootMode, PowerState } from '../virtual-machine/schema.ts';
import { foreignMachinesOf } from './store.ts';

const DiskFormat = builder.enumType('ForeignDiskFormat', {
  description: 'How a disk of a foreign machine is written.',
  values: {
    QCOW2: { description: 'QEMU’s own format.' },
    RAW: { description: 'Byte for byte.' },
    OTHER: { description: 'Anything else.' },
  } satisfies Record<ForeignDiskShape['format'], { description: string }>,
});

const ForeignDisk = builder.objectRef<ForeignDiskShape>('ForeignDisk').implement({
  description: 'A disk of a foreign machine.',
  fields: (t) => ({
    path: t.exposeString('path', { description: 'Its file on the host, or what else its place is called.' }),
    format: t.field({ type: DiskFormat, description: 'How it is written.', resolve: ({ format }) => format }),
    size: t.field({
      type: 'Bytes',
      nullable: true,
      description: 'Its size as the guest sees it; null when nobody can tell.',
      resolve: ({ sizeBytes }) => (sizeBytes === null ? null : BigInt(sizeBytes)),
    }),
    bus: t.exposeString('bus', { description: 'What it is plugged into: `virtio`, `sata` and so on.' }),
  }),
});

const ForeignNic = builder.objectRef<ForeignNicShape>('ForeignNic').implement({
  description: 'A network card of a foreign machine.',
  fields: (t) => ({
    macAddress: t.expose('macAddress', { type: 'MacAddress', description: 'Its hardware address.' }),
    bridge: t.exposeString('bridge', {
      nullable: true,
      description: 'Bridge of the host that it is on; null when it is plugged into something else.',
    }),
  }),
});

/** A machine that is none of ours. */
export const ForeignMachine = builder.objectRef<Row<'ForeignMachine'>>('ForeignMachine').implement({
  description:
    'A machine that a host has and that is none of the platform’s: made by other means, or let go of.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name on its host.' }),
    uuid: t.exposeString('uuid', { description: 'UUID by which its hypervisor knows it.' }),
    power: t.field({ type: PowerState, description: 'ON, OFF or PAUSED.', resolve: ({ power }) => power }),
    cpuCount: t.exposeInt('cpuCount', { description: 'Virtual processors.' }),
    memory: t.expose('memoryBytes', { type: 'Bytes', description: 'Memory.' }),
    bootMode: t.field({ type: BootMode, description: 'How it starts.', resolve: ({ bootMode }) => bootMode }),
    disks: t.field({
      type: [ForeignDisk],
      description: 'Its disks, the one that it starts from first.',
      resolve: ({ disks }) => disks,
    }),
    nics: t.field({ type: [ForeignNic], description: 'Its network cards.', resolve: ({ nics }) => nics }),
    obstacle: t.exposeString('obstacle', {
      nullable: true,
      description:
        'Why importVirtualMachine would refuse it, whatever it is asked; null: for no reason of its own.',
    }),
    host: t.field({
      type: Host,
      description: 'The host that has it.',
      resolve: ({ hostId }, _args, { load }) => load.get('Host', hostId),
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When its host first told of it.' }),
  }),
});

const ForeignMachineFilter = builder.inputType('ForeignMachineFilter', {
  description: 'Which foreign machines.',
  fields: (t) => ({
    hostId: t.id({ required: false, description: 'On this host.' }),
    zoneId: t.id({ required: false, description: 'On hosts of this zone.' }),
  }),
});

addListField({
  field: 'foreignMachines',
  type: 'ForeignMachine',
  plural: 'foreign machines',
  node: ForeignMachine,
  table: 'ForeignMachine',
  permission: 'foreignMachine.list',
  searched: ['name', 'uuid'],
  orders: { NAME: { column: 'name', description: 'By name.' } },
  filter: {
    input: ForeignMachineFilter,
    where: ({ hostId, zoneId }) => [
      ...(hostId == null ? [] : [sql<boolean>`"hostId" = ${hostId}`]),
      ...(zoneId == null
        ? []
        : [sql<boolean>`"hostId" in (select "id" from "Host" where "zoneId" = ${zoneId})`]),
    ],
  },
});

builder.queryField('foreignMachine', (t) =>
  t.field({
    type: ForeignMachine,
    nullable: true,
    permission: 'foreignMachine.list',
    description: 'One foreign machine; null when there is none or you may not see it.',
    args: { id: t.arg.id({ description: 'Its id.' }) },
    resolve: (_parent, { id }, { load }) =>
      load.find('ForeignMachine', idArgument('ForeignMachine', 'id', id)),
  }),
);

builder.objectField(Host, 'foreignMachines', (t) =>
  t.field({
    type: [ForeignMachine],
    description: 'Machines on it that are none of the platform’s, by name.',
    resolve: async ({ id }, _args, { actor, load }) => {
      demand(actor, 'foreignMachine.list');
      return (await load.partsOf('foreignMachines', id, foreignMachinesOf)) ?? [];
    },
  }),
);
