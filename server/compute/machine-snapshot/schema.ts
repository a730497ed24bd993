import type { Row } from '@nephos/model/database.ts';
import type { VirtualMachineSnapshotState as SnapshotStates } from '@nephos/model/generated/enums.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { addListField } from '../../graphql/list-field.ts';
import { demand } from '../../identity/access/guarded-loader.ts';
import { notFound } from '../../platform/errors.ts';
import { ServiceOffering } from '../service-offering/schema.ts';
import { chosenOfferings } from '../service-offering/store.ts';
import { VirtualMachine } from '../virtual-machine/schema.ts';
import {
  availableSnapshotActions,
  type AvailableSnapshotAction,
  type SnapshotAction,
} from './available-actions.ts';
import { snapshotFactsFor } from './snapshot-facts.ts';
import { snapshotsOf } from './store.ts';

const VirtualMachineSnapshotState = builder.enumType('VirtualMachineSnapshotState', {
  description: 'What is going on with a machine’s snapshot.',
  values: {
    CREATING: { description: 'Is being taken.' },
    READY: { description: 'The machine can go back to it.' },
    REVERTING: { description: 'The machine is going back to it.' },
    DELETING: { description: 'Is being deleted.' },
    ERROR: { description: 'Could not be deleted wholly; all that is left is to delete it again.' },
  } satisfies Record<keyof typeof SnapshotStates, { description: string }>,
});

const SnapshotActionEnum = builder.enumType('VirtualMachineSnapshotAction', {
  description: 'What can be done to a machine’s snapshot.',
  values: {
    REVERT: { description: 'revertToVirtualMachineSnapshot' },
    UPDATE: { description: 'updateVirtualMachineSnapshot' },
    DELETE: { description: 'deleteVirtualMachineSnapshot' },
  } satisfies Record<SnapshotAction, { description: string }>,
});

const AvailableSnapshotActionRef = builder
  .objectRef<AvailableSnapshotAction>('AvailableVirtualMachineSnapshotAction')
  .implement({
    description: 'Whether you may do something to a snapshot now.',
    fields: (t) => ({
      action: t.field({ type: SnapshotActionEnum, description: 'What.', resolve: ({ action }) => action }),
      isAllowed: t.exposeBoolean('isAllowed', { description: 'Whether you may.' }),
      reason: t.exposeString('reason', { nullable: true, description: 'Why not.' }),
    }),
  });

/** A snapshot of a machine. */
export const VirtualMachineSnapshot = builder
  .objectRef<Row<'VirtualMachineSnapshot'>>('VirtualMachineSnapshot')
  .implement({
    description: 'All disks of a machine at one instant and, if that was wanted, its memory.',
    interfaces: [Node],
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Its name.' }),
      description: t.exposeString('description', { description: 'What it is for.' }),
      state: t.field({
        type: VirtualMachineSnapshotState,
        description: 'What is going on with it.',
        resolve: ({ state }) => state,
      }),
      withMemory: t.exposeBoolean('withMemory', {
        description: 'Whether it keeps the memory too: the guest then goes on where it was.',
      }),
      parentId: t.exposeID('parentId', {
        nullable: true,
        description: 'The snapshot that the machine stood on when this one was taken; null for a first one.',
      }),
      isCurrent: t.exposeBoolean('isCurrent', {
        description: 'Whether the machine stands on it: it was taken, or gone back to, last.',
      }),
      serviceOffering: t.field({
        type: ServiceOffering,
        description: 'The service offering that the machine had, and has again when it goes back.',
        resolve: async ({ serviceOfferingId }, _args, { load, actor }) => {
          demand(actor, 'serviceOffering.list');
          const offering = await load.partsOf('chosenOfferings', serviceOfferingId, chosenOfferings);
          if (offering === undefined) throw notFound('service offering', serviceOfferingId);
          return offering;
        },
      }),
      cpuCount: t.exposeInt('cpuCount', { description: 'Virtual processors that the machine had.' }),
      memory: t.expose('memoryBytes', { type: 'Bytes', description: 'Memory that the machine had.' }),
      diskSize: t.expose('diskBytes', {
        type: 'Bytes',
        description: 'Sizes of the disks that it keeps, together, as the guest saw them.',
      }),
      memorySize: t.expose('stateBytes', {
        type: 'Bytes',
        description: 'What the kept memory takes on primary storage; 0 without, and while it is being taken.',
      }),
      scheduleId: t.exposeID('scheduleId', {
        nullable: true,
        description: 'The schedule that it was taken by.',
      }),
      virtualMachine: t.field({
        type: VirtualMachine,
        description: 'The machine.',
        resolve: ({ virtualMachineId }, _args, { load }) => load.get('VirtualMachine', virtualMachineId),
      }),
      availableActions: t.field({
        type: [AvailableSnapshotActionRef],
        description: 'What you may do to it now, and why not the rest.',
        resolve: async (snapshot, _args, { actor, load }) =>
          availableSnapshotActions(
            actor,
            snapshot,
            await load.partsOf('snapshotFacts', snapshot.id, snapshotFactsFor(actor)),
          ),
      }),
      version: t.exposeInt('version', { description: 'Grows with every change.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was asked for.' }),
    }),
  });

builder.objectField(VirtualMachine, 'snapshots', (t) =>
  t.field({
    type: [VirtualMachineSnapshot],
    description: 'Its snapshots, oldest first; they are a tree by `parentId`.',
    resolve: async ({ id }, _args, { load, actor }) => {
      demand(actor, 'virtualMachineSnapshot.list');
      return (await load.partsOf('snapshots', id, snapshotsOf)) ?? [];
    },
  }),
);

const VirtualMachineSnapshotFilter = builder.inputType('VirtualMachineSnapshotFilter', {
  description: 'Which snapshots.',
  fields: (t) => ({
    virtualMachineId: t.id({ required: false, description: 'Of this machine.' }),
    state: t.field({
      type: [VirtualMachineSnapshotState],
      required: false,
      description: 'In one of these states.',
    }),
  }),
});

addListField({
  field: 'virtualMachineSnapshots',
  type: 'VirtualMachineSnapshot',
  plural: 'snapshots of machines',
  node: VirtualMachineSnapshot,
  table: 'VirtualMachineSnapshot',
  permission: 'virtualMachineSnapshot.list',
  searched: ['name', 'description'],
  orders: { NAME: { column: 'name', description: 'By name.' } },
  filter: {
    input: VirtualMachineSnapshotFilter,
    where: ({ virtualMachineId, state }) => [
      ...(virtualMachineId == null
        ? []
        : [
            sql<boolean>`"virtualMachineId" = ${idArgument('VirtualMachine', 'filter.virtualMachineId', virtualMachineId)}`,
          ]),
      ...(state == null ? [] : [sql<boolean>`"state"::text = any(${state})`]),
    ],
  },
});
