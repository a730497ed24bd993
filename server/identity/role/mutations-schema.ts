import { parseId } from '@nephos/model/kernel/ids.ts';
import { builder } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { AccountType, Role, RuleEffect } from './schema.ts';

const expectedVersion = 'Refuse with VERSION_CONFLICT if it was changed since this version.';

const RoleRuleInput = builder.inputType('RoleRuleInput', {
  description: 'One rule of a role. The first rule that matches a permission decides.',
  fields: (t) => ({
    pattern: t.string({
      description:
        'A permission (`virtualMachine.start`), a family (`virtualMachine.*`, `*.list`), or all (`*`).',
    }),
    effect: t.field({ type: RuleEffect, description: 'What it does with what it matches.' }),
  }),
});

const RolePayload = builder.objectRef<{ roleId: string }>('RolePayload').implement({
  description: 'The role that was made or changed.',
  fields: (t) => ({
    role: t.field({
      type: Role,
      description: 'The role as it is now.',
      resolve: ({ roleId }, _args, { load }) => load.get('Role', parseId('Role', roleId)),
    }),
  }),
});

const CreateRoleInput = builder.inputType('CreateRoleInput', {
  description: 'A new role. Type and rules are given, or taken from a role that it is to be a copy of.',
  fields: (t) => ({
    name: t.string({ description: 'Its name, unique.' }),
    description: t.string({ required: false, description: 'What it is for.' }),
    accountType: t.field({
      type: AccountType,
      required: false,
      description: 'What accounts with it are for; it stays so. Must not rank above your own account.',
    }),
    rules: t.field({
      type: [RoleRuleInput],
      required: false,
      description: 'Its rules, in order. They must not allow what you may not do yourself.',
    }),
    copyOfId: t.id({ required: false, description: 'Role to take from what is left out here.' }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('createRole', (t) =>
  t.field({
    type: RolePayload,
    permission: 'role.create',
    description: 'Makes a role. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, IDEMPOTENCY_CONFLICT.',
    args: { input: t.arg({ type: CreateRoleInput, description: 'The role.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.roles.create(actor, {
        ...input,
        copyOfId: optionalId('Role', 'input.copyOfId', input.copyOfId),
      }),
  }),
);

const UpdateRoleInput = builder.inputType('UpdateRoleInput', {
  description: 'Which role, and what is to be different.',
  fields: (t) => ({
    id: t.id({ description: 'The role.' }),
    name: t.string({ required: false, description: 'Its new name.' }),
    description: t.string({ required: false, description: 'What it is for.' }),
    rules: t.field({
      type: [RoleRuleInput],
      required: false,
      description: 'All its rules, in order. They must not allow what you may not do yourself.',
    }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
  }),
});

builder.mutationField('updateRole', (t) =>
  t.field({
    type: RolePayload,
    permission: 'role.update',
    description:
      'Changes a role; it counts at once for all who have it, on open sockets too. Errors: NOT_FOUND, FORBIDDEN for a built-in role and for rights that you do not have, VALIDATION_FAILED, VERSION_CONFLICT.',
    args: {
      input: t.arg({ type: UpdateRoleInput, description: 'Which role, and what is to be different.' }),
    },
    resolve: (_parent, { input }, { services, actor }) =>
      services.roles.update(actor, { ...input, id: idArgument('Role', 'input.id', input.id) }),
  }),
);

const DeleteRoleInput = builder.inputType('DeleteRoleInput', {
  description: 'Which role.',
  fields: (t) => ({
    id: t.id({ description: 'The role.' }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
  }),
});

const DeleteRolePayload = builder.objectRef<{ roleId: string }>('DeleteRolePayload').implement({
  description: 'The role that was deleted.',
  fields: (t) => ({ roleId: t.exposeID('roleId', { description: 'Its id.' }) }),
});

builder.mutationField('deleteRole', (t) =>
  t.field({
    type: DeleteRolePayload,
    permission: 'role.delete',
    description:
      'Deletes a role that nobody has. Errors: NOT_FOUND, FORBIDDEN, RESOURCE_IN_USE with the number of accounts and mappings that use it, VERSION_CONFLICT.',
    args: { input: t.arg({ type: DeleteRoleInput, description: 'Which role.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.roles.delete(actor, { ...input, id: idArgument('Role', 'input.id', input.id) }),
  }),
);
