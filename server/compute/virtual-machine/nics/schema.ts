import { builder } from '../../../graphql/builder.ts';
import { idArgument, optionalId } from '../../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../../graphql/idempotency-key-field.ts';
import { expectedVersion, machineInput } from '../mutations-schema.ts';
import { VirtualMachineMaybeJobPayload } from '../schema.ts';

const AttachNicInput = builder.inputType('AttachNicInput', {
  description: 'Which machine, and in which network.',
  fields: (t) => ({
    id: t.id({ description: 'The machine, running or stopped.' }),
    networkId: t.id({ description: 'A network of its zone that it has no card in yet.' }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('attachNic', (t) =>
  t.field({
    type: VirtualMachineMaybeJobPayload,
    permission: 'virtualMachine.attachNic',
    description:
      'Gives a machine another network card, with an address; at most 8. Errors: NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE, INSUFFICIENT_CAPACITY, VERSION_CONFLICT.',
    args: { input: t.arg({ type: AttachNicInput, description: 'Which machine, and in which network.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.nics.attach(actor, {
        ...machineInput(input),
        networkId: idArgument('GuestNetwork', 'input.networkId', input.networkId),
      }),
  }),
);

const DetachNicInput = builder.inputType('DetachNicInput', {
  description: 'Which card of which machine.',
  fields: (t) => ({
    id: t.id({ description: 'The machine, running or stopped.' }),
    nicId: t.id({ description: 'One of its network cards, not the default.' }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('detachNic', (t) =>
  t.field({
    type: VirtualMachineMaybeJobPayload,
    permission: 'virtualMachine.detachNic',
    description:
      'Takes a network card out of a machine and gives its address back. A running guest has to let go of it. Errors: NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE, VERSION_CONFLICT.',
    args: { input: t.arg({ type: DetachNicInput, description: 'Which card of which machine.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.nics.detach(actor, {
        ...machineInput(input),
        nicId: idArgument('Nic', 'input.nicId', input.nicId),
      }),
  }),
);

const UpdateNicInput = builder.inputType('UpdateNicInput', {
  description: 'Which card of which machine, and what is to change.',
  fields: (t) => ({
    id: t.id({ description: 'The machine.' }),
    nicId: t.id({ description: 'One of its network cards.' }),
    networkId: t.id({
      required: false,
      description:
        'Network to put it into, while the machine is STOPPED: it gets another address and keeps its hardware address.',
    }),
    isDefault: t.boolean({
      defaultValue: false,
      description: 'Makes it the card that the default route leads through, instead of the present one.',
    }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('updateNic', (t) =>
  t.field({
    type: VirtualMachineMaybeJobPayload,
    permission: 'virtualMachine.updateNic',
    description:
      'Puts a network card into another network, or makes it the default, which the guest learns when it starts next. Errors: NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE, INSUFFICIENT_CAPACITY, VERSION_CONFLICT.',
    args: {
      input: t.arg({ type: UpdateNicInput, description: 'Which card of which machine, and the change.' }),
    },
    resolve: (_parent, { input }, { services, actor }) =>
      services.nics.update(actor, {
        ...machineInput(input),
        nicId: idArgument('Nic', 'input.nicId', input.nicId),
        networkId: optionalId('GuestNetwork', 'input.networkId', input.networkId),
      }),
  }),
);
