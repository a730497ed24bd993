import { builder } from '../../../graphql/builder.ts';
import { idArgument } from '../../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../../graphql/idempotency-key-field.ts';
import { expectedVersion, machineInput } from '../mutations-schema.ts';
import { VirtualMachinePayload } from '../schema.ts';

const AssignVirtualMachineInput = builder.inputType('AssignVirtualMachineInput', {
  description: 'Which machine, and who is to own it.',
  fields: (t) => ({
    id: t.id({ description: 'The machine; STOPPED, and without snapshots.' }),
    accountId: t.id({ description: 'The account, or the account of a project, that is to own it.' }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('assignVirtualMachine', (t) =>
  t.field({
    type: VirtualMachinePayload,
    permission: 'virtualMachine.assign',
    description:
      'Gives a machine to another account, with its disks, network cards and schedules, and counts and meters it there from now on. Its zone, offerings and images must be open to that account. It leaves its group and its affinity groups; keys and user data stay as its guest has them. For administrators above both accounts. Errors: NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE, RESOURCE_LIMIT_EXCEEDED, VERSION_CONFLICT.',
    args: {
      input: t.arg({ type: AssignVirtualMachineInput, description: 'Which machine, and its new owner.' }),
    },
    resolve: (_parent, { input }, { services, actor }) =>
      services.assignments.assign(actor, {
        ...machineInput(input),
        accountId: idArgument('Account', 'input.accountId', input.accountId),
      }),
  }),
);
