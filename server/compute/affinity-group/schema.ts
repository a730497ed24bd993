import type { Row } from '@nephos/model/database.ts';
import type {
  AffinityEnforcement as AffinityEnforcements,
  AffinityKind as AffinityKinds,
} from '@nephos/model/generated/enums.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { addListField } from '../../graphql/list-field.ts';
import { Account } from '../../identity/account/schema.ts';
import { VirtualMachine } from '../virtual-machine/schema.ts';
import { groupsOf, membersOf } from './members.ts';

/** What a group demands. */
export const AffinityKind = builder.enumType('AffinityKind', {
  description: 'What an affinity group demands of its machines.',
  values: {
    HOST_AFFINITY: { description: 'They share one host.' },
    HOST_ANTI_AFFINITY: { description: 'No two of them share a host.' },
  } satisfies Record<keyof typeof AffinityKinds, { description: string }>,
});

/** How much it is demanded. */
export const AffinityEnforcement = builder.enumType('AffinityEnforcement', {
  description: 'How much an affinity group’s demand counts.',
  values: {
    HARD: { description: 'A machine that cannot be placed so is not placed.' },
    SOFT: { description: 'As far as it can be had.' },
  } satisfies Record<keyof typeof AffinityEnforcements, { description: string }>,
});

/** An affinity group. */
export const AffinityGroup = builder.objectRef<Row<'AffinityGroup'>>('AffinityGroup').implement({
  description: 'Machines that are to share a host, or not to.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, unique among the account’s.' }),
    description: t.exposeString('description', { description: 'What it is for.' }),
    kind: t.field({
      type: AffinityKind,
      description: 'What it demands of its machines.',
      resolve: ({ kind }) => kind,
    }),
    enforcement: t.field({
      type: AffinityEnforcement,
      description: 'How much that counts.',
      resolve: ({ enforcement }) => enforcement,
    }),
    account: t.field({
      type: Account,
      nullable: true,
      description: 'The account that owns it.',
      resolve: ({ accountId }, _args, { load }) => load.find('Account', accountId),
    }),
    virtualMachines: t.field({
      type: [VirtualMachine],
      description: 'Its machines, of those that you may see.',
      resolve: async ({ id }, _args, { load }) => {
        const ids = (await load.partsOf('affinityGroupMembers', id, membersOf)) ?? [];
        const machines = await Promise.all(ids.map((machineId) => load.find('VirtualMachine', machineId)));
        return machines.filter((machine) => machine !== null);
      },
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

builder.objectField(VirtualMachine, 'affinityGroups', (t) =>
  t.field({
    type: [AffinityGroup],
    description: 'The affinity groups it is in, of those that you may see.',
    resolve: async ({ id }, _args, { load }) => {
      const ids = (await load.partsOf('affinityGroups', id, groupsOf)) ?? [];
      const groups = await Promise.all(ids.map((groupId) => load.find('AffinityGroup', groupId)));
      return groups.filter((group) => group !== null);
    },
  }),
);

const AffinityGroupFilter = builder.inputType('AffinityGroupFilter', {
  description: 'Which affinity groups.',
  fields: (t) => ({
    kind: t.field({ type: AffinityKind, required: false, description: 'That demand this.' }),
    enforcement: t.field({ type: AffinityEnforcement, required: false, description: 'That count so much.' }),
  }),
});

addListField({
  field: 'affinityGroups',
  type: 'AffinityGroup',
  plural: 'affinity groups',
  node: AffinityGroup,
  table: 'AffinityGroup',
  permission: 'affinityGroup.list',
  searched: ['name', 'description'],
  orders: { NAME: { column: 'name', description: 'By name.' } },
  filter: {
    input: AffinityGroupFilter,
    where: ({ kind, enforcement }) => [
      ...(kind == null ? [] : [sql<boolean>`"kind" = ${kind}::"AffinityKind"`]),
      ...(enforcement == null ? [] : [sql<boolean>`"enforcement" = ${enforcement}::"AffinityEnforcement"`]),
    ],
  },
});

/** What mutations of a group answer. */
export const AffinityGroupPayload = builder
  .objectRef<{ affinityGroupId: string }>('AffinityGroupPayload')
  .implement({
    description: 'The affinity group that was made or changed.',
    fields: (t) => ({
      affinityGroup: t.field({
        type: AffinityGroup,
        description: 'The group as it is now.',
        resolve: ({ affinityGroupId }, _args, { load }) =>
          load.get('AffinityGroup', parseId('AffinityGroup', affinityGroupId)),
      }),
    }),
  });
