import { builder } from '../../../graphql/builder.ts';
import { optionalId } from '../../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../../graphql/idempotency-key-field.ts';
import { expectedVersion, machineInput } from '../mutations-schema.ts';
import { VirtualMachineJobPayload } from '../schema.ts';

const ReinstallInput = builder.inputType('ReinstallVirtualMachineInput', {
  description: 'Which machine, and from which template.',
  fields: (t) => ({
    id: t.id({ description: 'The machine, running or stopped.' }),
    templateId: t.id({
      required: false,
      description: 'Template for its new root disk; the one it was made from when left out.',
    }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('reinstallVirtualMachine', (t) =>
  t.field({
    type: VirtualMachineJobPayload,
    permission: 'virtualMachine.reinstall',
    description:
      'Gives a machine a new root disk and deletes the old one, with all that is on it. Its other disks, network cards, addresses and keys stay. One that runs is stopped for it and started again. Errors: NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE, INSUFFICIENT_CAPACITY, RESOURCE_LIMIT_EXCEEDED (both disks count for a moment), VERSION_CONFLICT.',
    args: {
      input: t.arg({ type: ReinstallInput, description: 'Which machine, and from which template.' }),
    },
    resolve: (_parent, { input }, { services, actor }) =>
      services.reinstalls.reinstall(actor, {
        ...machineInput(input),
        templateId: optionalId('Template', 'input.templateId', input.templateId),
      }),
  }),
);
