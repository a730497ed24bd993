import { builder } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { ownerField } from '../../graphql/owner-field.ts';
import { VirtualMachinePayload } from '../virtual-machine/schema.ts';
import { affinityGroupIds } from './group-ids.ts';
import { AffinityEnforcement, AffinityGroupPayload, AffinityKind } from './schema.ts';

const expectedVersion = 'Refuse with VERSION_CONFLICT if it was changed since this version.';

const CreateAffinityGroupInput = builder.inputType('CreateAffinityGroupInput', {
  description: 'A new affinity group.',
  fields: (t) => ({
    name: t.string({ description: 'Its name, unique among the account’s.' }),
    description: t.string({ required: false, description: 'What it is for, in a few words.' }),
    kind: t.field({ type: AffinityKind, description: 'What it demands of its machines.' }),
    enforcement: t.field({ type: AffinityEnforcement, description: 'How much that counts.' }),
    accountId: ownerField(t),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('createAffinityGroup', (t) =>
  t.field({
    type: AffinityGroupPayload,
    permission: 'affinityGroup.create',
    description:
      'Makes an affinity group. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, IDEMPOTENCY_CONFLICT.',
    args: { input: t.arg({ type: CreateAffinityGroupInput, description: 'The group.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.affinityGroups.create(actor, {
        ...input,
        accountId: optionalId('Account', 'input.accountId', input.accountId),
      }),
  }),
);

const UpdateAffinityGroupInput = builder.inputType('UpdateAffinityGroupInput', {
  description: 'Which affinity group, and what it is to be called.',
  fields: (t) => ({
    id: t.id({ description: 'The group.' }),
    name: t.string({ required: false, description: 'Its new name.' }),
    description: t.string({ required: false, description: 'What it is for, in a few words.' }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('updateAffinityGroup', (t) =>
  t.field({
    type: AffinityGroupPayload,
    permission: 'affinityGroup.update',
    description:
      'Changes what a group is called; what it demands stays. Errors: NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, VERSION_CONFLICT.',
    args: { input: t.arg({ type: UpdateAffinityGroupInput, description: 'Which group, and the change.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.affinityGroups.update(actor, {
        ...input,
        id: idArgument('AffinityGroup', 'input.id', input.id),
      }),
  }),
);

const DeleteAffinityGroupInput = builder.inputType('DeleteAffinityGroupInput', {
  description: 'Which affinity group.',
  fields: (t) => ({
    id: t.id({ description: 'The group.' }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const DeleteAffinityGroupPayload = builder
  .objectRef<{ affinityGroupId: string }>('DeleteAffinityGroupPayload')
  .implement({
    description: 'The affinity group that was deleted.',
    fields: (t) => ({ affinityGroupId: t.exposeID('affinityGroupId', { description: 'Its id.' }) }),
  });

builder.mutationField('deleteAffinityGroup', (t) =>
  t.field({
    type: DeleteAffinityGroupPayload,
    permission: 'affinityGroup.delete',
    description:
      'Deletes a group. Its machines stay, and stay where they are. Errors: NOT_FOUND, FORBIDDEN, VERSION_CONFLICT.',
    args: { input: t.arg({ type: DeleteAffinityGroupInput, description: 'Which group.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.affinityGroups.delete(actor, {
        ...input,
        id: idArgument('AffinityGroup', 'input.id', input.id),
      }),
  }),
);

const UpdateVirtualMachineAffinityInput = builder.inputType('UpdateVirtualMachineAffinityInput', {
  description: 'Which machine, and its groups.',
  fields: (t) => ({
    id: t.id({ description: 'The machine.' }),
    affinityGroupIds: t.idList({
      description:
        'All groups that it is to be in, at most 20, of the account that owns it; none when empty.',
    }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('updateVirtualMachineAffinity', (t) =>
  t.field({
    type: VirtualMachinePayload,
    permission: 'virtualMachine.updateAffinity',
    description:
      'Puts a machine into affinity groups, and takes it out of all others. One that runs must be where its new groups want it. Errors: NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE, VERSION_CONFLICT.',
    args: {
      input: t.arg({
        type: UpdateVirtualMachineAffinityInput,
        description: 'Which machine, and its groups.',
      }),
    },
    resolve: (_parent, { input }, { services, actor }) =>
      services.affinityMembers.update(actor, {
        ...input,
        id: idArgument('VirtualMachine', 'input.id', input.id),
        affinityGroupIds: affinityGroupIds(input.affinityGroupIds),
      }),
  }),
);
