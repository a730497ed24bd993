import { builder } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import type { MachineInput } from './machine-change.ts';
import { VirtualMachineJobPayload, VirtualMachinePayload } from './schema.ts';

/** What the field of that name means. */
export const expectedVersion = 'Refuse with VERSION_CONFLICT if it was changed since this version.';

/** Names a machine. */
export const VirtualMachineInput = builder.inputType('VirtualMachineInput', {
  description: 'Which machine.',
  fields: (t) => ({
    id: t.id({ description: 'The machine.' }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

type GivenMachine = Omit<MachineInput, 'id'> & { id: string };

/** The machine that an input names. @throws PlatformError VALIDATION_FAILED for an id that is none */
export const machineInput = <Given extends GivenMachine>(input: Given) => ({
  ...input,
  id: idArgument('VirtualMachine', 'input.id', input.id),
});

const StartVirtualMachineInput = builder.inputType('StartVirtualMachineInput', {
  description: 'Which machine, and from what.',
  fields: (t) => ({
    id: t.id({ description: 'The machine.' }),
    bootFromIsoId: t.id({
      required: false,
      description:
        'Disc to start from this once, to rescue what is on its disks; it stays in the drive. From the root disk when left out.',
    }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('startVirtualMachine', (t) =>
  t.field({
    type: VirtualMachineJobPayload,
    permission: 'virtualMachine.start',
    description:
      'Starts a stopped machine, where it ran last if there is room. Errors: NOT_FOUND, INVALID_STATE, INSUFFICIENT_CAPACITY, VERSION_CONFLICT.',
    args: { input: t.arg({ type: StartVirtualMachineInput, description: 'Which machine, and from what.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.machines.start(actor, {
        ...machineInput(input),
        bootFromIsoId: optionalId('Iso', 'input.bootFromIsoId', input.bootFromIsoId),
      }),
  }),
);

const StopVirtualMachineInput = builder.inputType('StopVirtualMachineInput', {
  description: 'Which machine, and how.',
  fields: (t) => ({
    id: t.id({ description: 'The machine.' }),
    isForced: t.boolean({
      defaultValue: false,
      description: 'Pull the plug at once. Otherwise the guest has `vm.stop.grace` seconds to shut down.',
    }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('stopVirtualMachine', (t) =>
  t.field({
    type: VirtualMachineJobPayload,
    permission: 'virtualMachine.stop',
    description:
      'Stops a machine: by its power button, then, or when forced, by its plug. Errors: NOT_FOUND, INVALID_STATE, VERSION_CONFLICT.',
    args: { input: t.arg({ type: StopVirtualMachineInput, description: 'Which machine, and how.' }) },
    resolve: (_parent, { input }, { services, actor }) => services.machines.stop(actor, machineInput(input)),
  }),
);

const RebootVirtualMachineInput = builder.inputType('RebootVirtualMachineInput', {
  description: 'Which machine, and how.',
  fields: (t) => ({
    id: t.id({ description: 'The machine.' }),
    isForced: t.boolean({
      defaultValue: false,
      description: 'Reset it at once. Otherwise the guest has `vm.stop.grace` seconds to restart by itself.',
    }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('rebootVirtualMachine', (t) =>
  t.field({
    type: VirtualMachineJobPayload,
    permission: 'virtualMachine.reboot',
    description:
      'Restarts a machine: the guest is asked, then, or when forced, it is reset. Errors: NOT_FOUND, INVALID_STATE, VERSION_CONFLICT.',
    args: { input: t.arg({ type: RebootVirtualMachineInput, description: 'Which machine, and how.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.machines.reboot(actor, machineInput(input)),
  }),
);

builder.mutationField('suspendVirtualMachine', (t) =>
  t.field({
    type: VirtualMachineJobPayload,
    permission: 'virtualMachine.suspend',
    description:
      'Lets a running machine stand still. Its memory stays on its host, and it costs as if it ran. Errors: NOT_FOUND, INVALID_STATE, VERSION_CONFLICT.',
    args: { input: t.arg({ type: VirtualMachineInput, description: 'Which machine.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.machines.suspend(actor, machineInput(input)),
  }),
);

builder.mutationField('resumeVirtualMachine', (t) =>
  t.field({
    type: VirtualMachineJobPayload,
    permission: 'virtualMachine.resume',
    description: 'Lets a suspended machine go on. Errors: NOT_FOUND, INVALID_STATE, VERSION_CONFLICT.',
    args: { input: t.arg({ type: VirtualMachineInput, description: 'Which machine.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.machines.resume(actor, machineInput(input)),
  }),
);

builder.mutationField('destroyVirtualMachine', (t) =>
  t.field({
    type: VirtualMachineJobPayload,
    permission: 'virtualMachine.destroy',
    description:
      'Pulls a machine’s plug and puts it into the recycle bin. Errors: NOT_FOUND, INVALID_STATE, VERSION_CONFLICT.',
    args: { input: t.arg({ type: VirtualMachineInput, description: 'Which machine.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.machines.destroy(actor, machineInput(input)),
  }),
);

builder.mutationField('recoverVirtualMachine', (t) =>
  t.field({
    type: VirtualMachinePayload,
    permission: 'virtualMachine.recover',
    description:
      'Takes a machine out of the recycle bin; it is STOPPED then. Errors: NOT_FOUND, INVALID_STATE, RESOURCE_IN_USE when its name is taken, VERSION_CONFLICT.',
    args: { input: t.arg({ type: VirtualMachineInput, description: 'Which machine.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.machines.recover(actor, machineInput(input)),
  }),
);

builder.mutationField('expungeVirtualMachine', (t) =>
  t.field({
    type: VirtualMachineJobPayload,
    permission: 'virtualMachine.expunge',
    description:
      'Removes a destroyed machine for good, disks and all. Errors: NOT_FOUND, INVALID_STATE, VERSION_CONFLICT.',
    args: { input: t.arg({ type: VirtualMachineInput, description: 'Which machine.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.machines.expunge(actor, machineInput(input)),
  }),
);

const AttachIsoInput = builder.inputType('AttachIsoInput', {
  description: 'Which machine, and which disc.',
  fields: (t) => ({
    id: t.id({ description: 'The machine.' }),
    isoId: t.id({ description: 'The disc.' }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('attachIso', (t) =>
  t.field({
    type: VirtualMachineJobPayload,
    permission: 'virtualMachine.attachIso',
    description:
      'Puts a disc into a machine’s drive, running or not. Errors: NOT_FOUND, INVALID_STATE, VERSION_CONFLICT.',
    args: { input: t.arg({ type: AttachIsoInput, description: 'Which machine, and which disc.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.machines.setIso(actor, {
        ...machineInput(input),
        isoId: idArgument('Iso', 'input.isoId', input.isoId),
      }),
  }),
);

builder.mutationField('detachIso', (t) =>
  t.field({
    type: VirtualMachineJobPayload,
    permission: 'virtualMachine.detachIso',
    description:
      'Takes the disc out of a machine’s drive, even if the guest has it mounted. Errors: NOT_FOUND, INVALID_STATE, VERSION_CONFLICT.',
    args: { input: t.arg({ type: VirtualMachineInput, description: 'Which machine.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.machines.setIso(actor, { ...machineInput(input), isoId: null }),
  }),
);
