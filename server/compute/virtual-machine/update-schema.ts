import { builder } from '../../graphql/builder.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { LabelInput, labelsFrom } from './labels-schema.ts';
import { expectedVersion, machineInput } from './mutations-schema.ts';
import { VirtualMachinePayload } from './schema.ts';

const UpdateVirtualMachineInput = builder.inputType('UpdateVirtualMachineInput', {
  description: 'Which machine, and what is to change.',
  fields: (t) => ({
    id: t.id({ description: 'The machine.' }),
    name: t.string({
      required: false,
      description: 'Its new name; the guest learns it when it starts next.',
    }),
    group: t.string({
      required: false,
      description: 'Name of the group to put it into; an empty text takes it out of its group.',
    }),
    tags: t.field({ type: [LabelInput], required: false, description: 'All its tags, at most 50.' }),
    details: t.field({ type: [LabelInput], required: false, description: 'All its details, at most 50.' }),
    userData: t.string({
      required: false,
      description:
        'For its guest’s cloud-init: a script or a configuration, up to 32 KiB; an empty text: none any more. The guest takes it in with its next start, as if it were new.',
    }),
    isDeleteProtected: t.boolean({
      required: false,
      description: 'Whether to refuse to destroy it until that is taken back.',
    }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('updateVirtualMachine', (t) =>
  t.field({
    type: VirtualMachinePayload,
    permission: 'virtualMachine.update',
    description:
      'Changes what a machine is called, what is noted about it, its user data, and whether it is protected. Errors: NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, VERSION_CONFLICT.',
    args: {
      input: t.arg({ type: UpdateVirtualMachineInput, description: 'Which machine, and the change.' }),
    },
    resolve: (_parent, { input: { tags, details, ...input } }, { services, actor }) =>
      services.machineUpdates.update(actor, {
        ...machineInput(input),
        tags: labelsFrom('input.tags', tags),
        details: labelsFrom('input.details', details),
      }),
  }),
);
