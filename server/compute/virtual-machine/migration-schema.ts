import { builder } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { PlacementVerdict } from '../placement/verdict-schema.ts';
import { VirtualMachineJobPayload } from './schema.ts';

const MigrateVirtualMachineInput = builder.inputType('MigrateVirtualMachineInput', {
  description: 'Which machine, and where to.',
  fields: (t) => ({
    id: t.id({ description: 'The machine.' }),
    hostId: t.id({
      required: false,
      description: 'The host. Left out: the best of its cluster; one that is off needs it.',
    }),
    isForced: t.boolean({
      defaultValue: false,
      description:
        'Slow the guest down as far as it takes. Otherwise one that changes its memory faster than it can be sent never arrives.',
    }),
    expectedVersion: t.int({
      required: false,
      description: 'Refuse with VERSION_CONFLICT if it was changed since this version.',
    }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('migrateVirtualMachine', (t) =>
  t.field({
    type: VirtualMachineJobPayload,
    permission: 'virtualMachine.migrate',
    description:
      'Moves a machine to another host: one that runs to a host of its cluster, while its guest works on; one that is off starts there next. Errors: NOT_FOUND, INVALID_STATE, VALIDATION_FAILED, INSUFFICIENT_CAPACITY (with the number of hosts that each reason ruled out), VERSION_CONFLICT.',
    args: { input: t.arg({ type: MigrateVirtualMachineInput, description: 'Which machine, and where to.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.migrations.migrate(actor, {
        ...input,
        id: idArgument('VirtualMachine', 'input.id', input.id),
        hostId: optionalId('Host', 'input.hostId', input.hostId),
      }),
  }),
);

builder.queryField('planMigrateVirtualMachine', (t) =>
  t.field({
    type: PlacementVerdict,
    permission: 'virtualMachine.migrate',
    description:
      'Where migrateVirtualMachine would take a machine now, and for each host of the zone whether it would do and why not. Nothing is reserved or changed. Errors: NOT_FOUND, FORBIDDEN, INVALID_STATE for a machine that cannot be moved now.',
    args: { id: t.arg.id({ description: 'The machine.' }) },
    resolve: (_parent, { id }, { services, actor }) =>
      services.migrations.plan(actor, idArgument('VirtualMachine', 'id', id)),
  }),
);
