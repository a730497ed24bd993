import { builder } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { ownerField } from '../../graphql/owner-field.ts';
import type { MachineInput } from './lifecycle-service.ts';
import { VirtualMachineJobPayload, VirtualMachinePayload } from './schema.ts';

const expectedVersion = 'Refuse with VERSION_CONFLICT if it was changed since this version.';

const DeployVirtualMachineInput = builder.inputType('DeployVirtualMachineInput', {
  description: 'A new machine.',
  fields: (t) => ({
    name: t.string({ description: 'Its name and host name: lower-case letters, digits and dashes.' }),
    zoneId: t.id({ description: 'The zone.' }),
    serviceOfferingId: t.id({ description: 'Processors and memory.' }),
    templateId: t.id({ required: false, description: 'Template to make it from. Either this or `isoId`.' }),
    isoId: t.id({
      required: false,
      description: 'Disc to install it from, on an empty disk. Either this or `templateId`.',
    }),
    diskOfferingId: t.id({ required: false, description: 'With an ISO: the empty disk.' }),
    diskSize: t.field({
      type: 'Bytes',
      required: false,
      description: 'Size of that disk, for a disk offering of free size; whole MiB.',
    }),
    accountId: ownerField(t),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('deployVirtualMachine', (t) =>
  t.field({
    type: VirtualMachineJobPayload,
    permission: 'virtualMachine.deploy',
    description:
      'Makes a machine and starts it. What it needs is reserved at once. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, INVALID_STATE, INSUFFICIENT_CAPACITY (with the number of hosts that each reason ruled out), IDEMPOTENCY_CONFLICT.',
    args: { input: t.arg({ type: DeployVirtualMachineInput, description: 'The machine.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.deploy.deploy(actor, {
        name: input.name,
        zoneId: idArgument('Zone', 'input.zoneId', input.zoneId),
        serviceOfferingId: idArgument('ServiceOffering', 'input.serviceOfferingId', input.serviceOfferingId),
        templateId: optionalId('Template', 'input.templateId', input.templateId),
        isoId: optionalId('Iso', 'input.isoId', input.isoId),
        diskOfferingId: optionalId('DiskOffering', 'input.diskOfferingId', input.diskOfferingId),
        diskSizeBytes: input.diskSize,
        accountId: optionalId('Account', 'input.accountId', input.accountId),
        idempotencyKey: input.idempotencyKey,
      }),
  }),
);

const VirtualMachineInput = builder.inputType('VirtualMachineInput', {
  description: 'Which machine.',
  fields: (t) => ({
    id: t.id({ description: 'The machine.' }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

type GivenMachine = Omit<MachineInput, 'id'> & { id: string };

const machineInput = <Given extends GivenMachine>(input: Given) => ({
  ...input,
  id: idArgument('VirtualMachine', 'input.id', input.id),
});

builder.mutationField('startVirtualMachine', (t) =>
  t.field({
    type: VirtualMachineJobPayload,
    permission: 'virtualMachine.start',
    description:
      'Starts a stopped machine, where it ran last if there is room. Errors: NOT_FOUND, INVALID_STATE, INSUFFICIENT_CAPACITY, VERSION_CONFLICT.',
    args: { input: t.arg({ type: VirtualMachineInput, description: 'Which machine.' }) },
    resolve: (_parent, { input }, { services, actor }) => services.machines.start(actor, machineInput(input)),
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

builder.mutationField('rebootVirtualMachine', (t) =>
  t.field({
    type: VirtualMachineJobPayload,
    permission: 'virtualMachine.reboot',
    description: 'Presses a machine’s reset button. Errors: NOT_FOUND, INVALID_STATE, VERSION_CONFLICT.',
    args: { input: t.arg({ type: VirtualMachineInput, description: 'Which machine.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.machines.reboot(actor, machineInput(input)),
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

const RenameVirtualMachineInput = builder.inputType('RenameVirtualMachineInput', {
  description: 'Which machine, and its new name.',
  fields: (t) => ({
    id: t.id({ description: 'The machine.' }),
    name: t.string({ description: 'Its new name; the guest learns it when it starts next.' }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('renameVirtualMachine', (t) =>
  t.field({
    type: VirtualMachinePayload,
    permission: 'virtualMachine.rename',
    description: 'Gives a machine another name. Errors: NOT_FOUND, VALIDATION_FAILED, VERSION_CONFLICT.',
    args: {
      input: t.arg({ type: RenameVirtualMachineInput, description: 'Which machine, and its new name.' }),
    },
    resolve: (_parent, { input }, { services, actor }) =>
      services.machines.rename(actor, machineInput(input)),
  }),
);
