import { parseId } from '@nephos/model/kernel/ids.ts';
import { Job } from '../../../activity/job-schema.ts';
import { builder } from '../../../graphql/builder.ts';
import { idArgument } from '../../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../../graphql/idempotency-key-field.ts';
import { expectedVersion, machineInput } from '../mutations-schema.ts';
import { VirtualMachine, VirtualMachinePayload } from '../schema.ts';

const ResetPasswordInput = builder.inputType('ResetVirtualMachinePasswordInput', {
  description: 'Which machine.',
  fields: (t) => ({
    id: t.id({ description: 'The machine, running or stopped.' }),
    userName: t.string({
      defaultValue: 'root',
      description:
        'User of a running guest. A stopped one’s cloud-init gives the password to its ordinary user.',
    }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const ResetPasswordPayload = builder
  .objectRef<{ virtualMachineId: string; jobId: string | null; password: string | null }>(
    'ResetVirtualMachinePasswordPayload',
  )
  .implement({
    description: 'The machine, and its guest’s new password.',
    fields: (t) => ({
      virtualMachine: t.field({
        type: VirtualMachine,
        description: 'The machine.',
        resolve: ({ virtualMachineId }, _args, { load }) =>
          load.get('VirtualMachine', parseId('VirtualMachine', virtualMachineId)),
      }),
      job: t.field({
        type: Job,
        nullable: true,
        description:
          'The job that tells the running guest; null for a stopped one, which learns it when it starts.',
        resolve: ({ jobId }, _args, { load }) =>
          jobId === null ? null : load.get('Job', parseId('Job', jobId)),
      }),
      password: t.exposeString('password', {
        nullable: true,
        description:
          'The password. Shown now and never again: null when the answer is repeated under an idempotency key.',
      }),
    }),
  });

builder.mutationField('resetVirtualMachinePassword', (t) =>
  t.field({
    type: ResetPasswordPayload,
    permission: 'virtualMachine.resetPassword',
    description:
      'Makes a new password for a guest. A running one must have the QEMU guest agent, a stopped one cloud-init, which then does all again that it does for a new machine. Errors: NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE, VERSION_CONFLICT.',
    args: { input: t.arg({ type: ResetPasswordInput, description: 'Which machine.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.guestAccess.resetPassword(actor, machineInput(input)),
  }),
);

const ResetSshKeysInput = builder.inputType('ResetVirtualMachineSshKeysInput', {
  description: 'Which machine, and its keys.',
  fields: (t) => ({
    id: t.id({ description: 'The machine, stopped.' }),
    sshKeyPairIds: t.idList({ description: 'All key pairs that it is to let in, at most 20.' }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('resetVirtualMachineSshKeys', (t) =>
  t.field({
    type: VirtualMachinePayload,
    permission: 'virtualMachine.resetSshKeys',
    description:
      'Gives a stopped machine other SSH keys. Its cloud-init takes them in at its next start, and does all again that it does for a new machine. Errors: NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE, VERSION_CONFLICT.',
    args: { input: t.arg({ type: ResetSshKeysInput, description: 'Which machine, and its keys.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.guestAccess.resetSshKeys(actor, {
        ...machineInput(input),
        sshKeyPairIds: input.sshKeyPairIds.map((id, index) =>
          idArgument('SshKeyPair', `input.sshKeyPairIds.${index}`, id),
        ),
      }),
  }),
);
