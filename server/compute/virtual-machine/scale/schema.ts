import { builder } from '../../../graphql/builder.ts';
import { idArgument } from '../../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../../graphql/idempotency-key-field.ts';
import { expectedVersion, machineInput } from '../mutations-schema.ts';
import { VirtualMachineMaybeJobPayload } from '../schema.ts';

const ScaleInput = builder.inputType('ScaleVirtualMachineInput', {
  description: 'Which machine, and its new size.',
  fields: (t) => ({
    id: t.id({ description: 'The machine, stopped or running.' }),
    serviceOfferingId: t.id({ description: 'Its new service offering; it may be the one that it has.' }),
    cpuCount: t.int({
      required: false,
      description: 'Processors, for an offering that leaves the choice; its fewest when left out.',
    }),
    memory: t.field({
      type: 'Bytes',
      required: false,
      description: 'Memory, for an offering that leaves the choice: whole MiB; its least when left out.',
    }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('scaleVirtualMachine', (t) =>
  t.field({
    type: VirtualMachineMaybeJobPayload,
    permission: 'virtualMachine.scale',
    description:
      'Gives a machine another size. A stopped one may get any; one that runs only more, on its host, where both offerings allow it, and up to what it was started with room for. Errors: NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE, INSUFFICIENT_CAPACITY, RESOURCE_LIMIT_EXCEEDED, VERSION_CONFLICT.',
    args: { input: t.arg({ type: ScaleInput, description: 'Which machine, and its new size.' }) },
    resolve: (_parent, { input: { memory, ...input } }, { services, actor }) =>
      services.scaling.scale(actor, {
        ...machineInput(input),
        serviceOfferingId: idArgument('ServiceOffering', 'input.serviceOfferingId', input.serviceOfferingId),
        memoryBytes: memory,
      }),
  }),
);
