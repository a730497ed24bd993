import { parseId } from '@nephos/model/kernel/ids.ts';
import { jobField } from '../../activity/job-schema.ts';
import { builder } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { expectedVersion, machineInput } from '../virtual-machine/mutations-schema.ts';
import { VirtualMachineSnapshot } from './schema.ts';

const expectedSnapshotVersion =
  'The version that you saw; another one by now is refused with VERSION_CONFLICT.';

const CreateVirtualMachineSnapshotInput = builder.inputType('CreateVirtualMachineSnapshotInput', {
  description: 'Which machine, and what to keep of it.',
  fields: (t) => ({
    id: t.id({ description: 'The machine, stopped, running or suspended.' }),
    name: t.string({ description: 'Name of the snapshot: 1 to 64 letters, digits, spaces or ._()+@-' }),
    description: t.string({ required: false, description: 'What it is for.' }),
    withMemory: t.boolean({
      required: false,
      description:
        'Whether to keep its memory too; it stands still for that. True when left out and it runs or is suspended.',
    }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const VirtualMachineSnapshotJobPayload = builder
  .objectRef<{ snapshotId: string; jobId: string }>('VirtualMachineSnapshotJobPayload')
  .implement({
    description: 'The snapshot, and the job that works on it.',
    fields: (t) => ({
      snapshot: t.field({
        type: VirtualMachineSnapshot,
        nullable: true,
        description: 'The snapshot; null when it is gone already.',
        resolve: ({ snapshotId }, _args, { load }) =>
          load.find('VirtualMachineSnapshot', parseId('VirtualMachineSnapshot', snapshotId)),
      }),
      job: jobField(t),
    }),
  });

builder.mutationField('createVirtualMachineSnapshot', (t) =>
  t.field({
    type: VirtualMachineSnapshotJobPayload,
    permission: 'virtualMachineSnapshot.create',
    description:
      'Keeps all disks of a machine as they are at one instant, and its memory. A machine can have `vm.snapshot.max` of them; while it has any it cannot be reinstalled, and while one has memory its network cards cannot be changed. Errors: NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE, INSUFFICIENT_CAPACITY, RESOURCE_LIMIT_EXCEEDED, VERSION_CONFLICT.',
    args: {
      input: t.arg({ type: CreateVirtualMachineSnapshotInput, description: 'Which machine, and what.' }),
    },
    resolve: (_parent, { input }, { services, actor }) =>
      services.snapshots.create(actor, machineInput(input)),
  }),
);

const RevertToVirtualMachineSnapshotInput = builder.inputType('RevertToVirtualMachineSnapshotInput', {
  description: 'Which snapshot.',
  fields: (t) => ({
    id: t.id({ description: 'The snapshot.' }),
    expectedVersion: t.int({ required: false, description: expectedSnapshotVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('revertToVirtualMachineSnapshot', (t) =>
  t.field({
    type: VirtualMachineSnapshotJobPayload,
    permission: 'virtualMachineSnapshot.revert',
    description:
      'Puts a machine back to a snapshot; what it is now is lost. It has the service offering, processors and memory again that it had then. From a snapshot with memory it runs afterwards, whether it is stopped now or not; for one without it must be STOPPED, and stays so. Errors: NOT_FOUND, FORBIDDEN, INVALID_STATE, INSUFFICIENT_CAPACITY, RESOURCE_LIMIT_EXCEEDED, VERSION_CONFLICT.',
    args: { input: t.arg({ type: RevertToVirtualMachineSnapshotInput, description: 'Which snapshot.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.reverts.revert(actor, {
        ...input,
        id: idArgument('VirtualMachineSnapshot', 'input.id', input.id),
      }),
  }),
);

const DeleteVirtualMachineSnapshotInput = builder.inputType('DeleteVirtualMachineSnapshotInput', {
  description: 'Which snapshot.',
  fields: (t) => ({
    id: t.id({ description: 'The snapshot.' }),
    expectedVersion: t.int({ required: false, description: expectedSnapshotVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('deleteVirtualMachineSnapshot', (t) =>
  t.field({
    type: VirtualMachineSnapshotJobPayload,
    permission: 'virtualMachineSnapshot.delete',
    description:
      'Deletes a snapshot; the machine, and those that were taken after it, stay as they are. Errors: NOT_FOUND, FORBIDDEN, INVALID_STATE, INSUFFICIENT_CAPACITY (no host reaches the disks), VERSION_CONFLICT.',
    args: { input: t.arg({ type: DeleteVirtualMachineSnapshotInput, description: 'Which snapshot.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.snapshots.delete(actor, {
        ...input,
        id: idArgument('VirtualMachineSnapshot', 'input.id', input.id),
      }),
  }),
);

const UpdateVirtualMachineSnapshotInput = builder.inputType('UpdateVirtualMachineSnapshotInput', {
  description: 'Which snapshot, and what is to change; what is left out stays as it is.',
  fields: (t) => ({
    id: t.id({ description: 'The snapshot.' }),
    name: t.string({ required: false, description: 'Its new name.' }),
    description: t.string({ required: false, description: 'What it is for.' }),
    expectedVersion: t.int({ required: false, description: expectedSnapshotVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const VirtualMachineSnapshotPayload = builder
  .objectRef<{ snapshotId: string }>('VirtualMachineSnapshotPayload')
  .implement({
    description: 'The snapshot that was changed.',
    fields: (t) => ({
      snapshot: t.field({
        type: VirtualMachineSnapshot,
        description: 'As it is now.',
        resolve: ({ snapshotId }, _args, { load }) =>
          load.get('VirtualMachineSnapshot', parseId('VirtualMachineSnapshot', snapshotId)),
      }),
    }),
  });

builder.mutationField('updateVirtualMachineSnapshot', (t) =>
  t.field({
    type: VirtualMachineSnapshotPayload,
    permission: 'virtualMachineSnapshot.update',
    description:
      'Changes what a snapshot is called. Errors: NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, VERSION_CONFLICT.',
    args: {
      input: t.arg({ type: UpdateVirtualMachineSnapshotInput, description: 'Which one, and the change.' }),
    },
    resolve: (_parent, { input }, { services, actor }) =>
      services.snapshots.update(actor, {
        ...input,
        id: idArgument('VirtualMachineSnapshot', 'input.id', input.id),
      }),
  }),
);
