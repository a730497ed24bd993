import type { MachineDifference as DifferenceShape } from '@nephos/model/shapes/machine-difference.ts';
import { builder } from '../../../graphql/builder.ts';
import { VirtualMachine } from '../schema.ts';

const DifferenceField = builder.enumType('MachineDifferenceField', {
  description: 'In what a machine can be otherwise on its host than it should be.',
  values: {
    CPU_COUNT: { description: 'Its processors.' },
    MEMORY: { description: 'Its memory.' },
    DISKS: { description: 'Its disks.' },
    NICS: { description: 'Its network cards, and the bridges they are on.' },
    ISO: { description: 'The disc in its drive.' },
  } satisfies Record<DifferenceShape['field'], { description: string }>,
});

const MachineDifference = builder.objectRef<DifferenceShape>('MachineDifference').implement({
  description: 'Something in which a machine is otherwise on its host than it should be.',
  fields: (t) => ({
    field: t.field({ type: DifferenceField, description: 'In what.', resolve: ({ field }) => field }),
    expected: t.exposeString('expected', { description: 'What it should have.' }),
    found: t.exposeString('found', { description: 'What it has.' }),
  }),
});

builder.objectField(VirtualMachine, 'drift', (t) =>
  t.field({
    type: [MachineDifference],
    description:
      'In what it is otherwise on its host than it should be, because somebody changed it there while it runs; its next start puts that right. Empty when it is in nothing, and for tenants.',
    resolve: ({ drift, state }, _args, { actor }) =>
      drift !== null && actor.rights.has('host.list') && (state === 'RUNNING' || state === 'SUSPENDED')
        ? drift
        : [],
  }),
);
