import { parseId } from '@nephos/model/kernel/ids.ts';
import { Job, jobField } from '../../activity/job-schema.ts';
import { builder } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { newUserFields } from '../user/new-user-fields.ts';
import { setupTokenField, User } from '../user/schema.ts';
import type { NewAccount } from './account-service.ts';
import { DeletionPlan } from './deletion-plan-schema.ts';
import { Account } from './schema.ts';

const expectedVersion = 'Refuse with VERSION_CONFLICT if it was changed since this version.';

const CreateAccountInput = builder.inputType('CreateAccountInput', {
  description: 'A new account and its first user.',
  fields: (t) => ({
    name: t.string({ description: 'Name of the account, unique in its domain.' }),
    domainId: t.id({ required: false, description: 'Domain it is to be in; your own when left out.' }),
    roleId: t.id({
      required: false,
      description: 'What its users may do; the role User when left out. Must not allow what you may not.',
    }),
    ...newUserFields(t),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const CreateAccountPayload = builder.objectRef<NewAccount>('CreateAccountPayload').implement({
  description: 'The new account and its first user.',
  fields: (t) => ({
    account: t.field({
      type: Account,
      description: 'The account.',
      resolve: ({ accountId }, _args, { load }) => load.get('Account', parseId('Account', accountId)),
    }),
    user: t.field({
      type: User,
      nullable: true,
      description: 'Its first user; null where you may not see them.',
      resolve: ({ userId }, _args, { load }) => load.find('User', parseId('User', userId)),
    }),
    setupToken: setupTokenField(t),
  }),
});

builder.mutationField('createAccount', (t) =>
  t.field({
    type: CreateAccountPayload,
    permission: 'account.create',
    description:
      'Makes an account with one user. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN for a role that may do more than you, INVALID_STATE in a domain that is being deleted, IDEMPOTENCY_CONFLICT.',
    args: { input: t.arg({ type: CreateAccountInput, description: 'The account.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.accounts.create(actor, {
        ...input,
        domainId: optionalId('Domain', 'input.domainId', input.domainId),
        roleId: optionalId('Role', 'input.roleId', input.roleId),
      }),
  }),
);

const AccountPayload = builder.objectRef<{ accountId: string }>('AccountPayload').implement({
  description: 'The account that was changed.',
  fields: (t) => ({
    account: t.field({
      type: Account,
      description: 'The account as it is now.',
      resolve: ({ accountId }, _args, { load }) => load.get('Account', parseId('Account', accountId)),
    }),
  }),
});

const UpdateAccountInput = builder.inputType('UpdateAccountInput', {
  description: 'Which account, and what is to be different.',
  fields: (t) => ({
    id: t.id({ description: 'The account.' }),
    name: t.string({ required: false, description: 'Its new name.' }),
    roleId: t.id({
      required: false,
      description: 'What its users may do from now on. Must not allow what you may not.',
    }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
  }),
});

builder.mutationField('updateAccount', (t) =>
  t.field({
    type: AccountPayload,
    permission: 'account.update',
    description:
      'Gives an account another name or role; a role counts at once, on open sockets too. Errors: NOT_FOUND, FORBIDDEN for an account that ranks or may do more than you, VALIDATION_FAILED, INVALID_STATE for the last Root Admin, VERSION_CONFLICT.',
    args: {
      input: t.arg({ type: UpdateAccountInput, description: 'Which account, and what is to be different.' }),
    },
    resolve: (_parent, { input }, { services, actor }) =>
      services.accounts.update(actor, {
        ...input,
        id: idArgument('Account', 'input.id', input.id),
        roleId: optionalId('Role', 'input.roleId', input.roleId),
      }),
  }),
);

const AccountInput = builder.inputType('AccountInput', {
  description: 'Which account.',
  fields: (t) => ({
    id: t.id({ description: 'The account.' }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
  }),
});

const stateErrors =
  'Errors: NOT_FOUND, FORBIDDEN for an account that ranks or may do more than you, INVALID_STATE for your own and the last Root Admin, VERSION_CONFLICT.';

builder.mutationField('lockAccount', (t) =>
  t.field({
    type: AccountPayload,
    permission: 'account.lock',
    description: `Ends an account’s sign-ins, sessions, keys and sockets at once; its machines run on. ${stateErrors}`,
    args: { input: t.arg({ type: AccountInput, description: 'Which account.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.accounts.lock(actor, { ...input, id: idArgument('Account', 'input.id', input.id) }),
  }),
);

const DisableAccountPayload = builder
  .objectRef<{ accountId: string; jobId?: string }>('DisableAccountPayload')
  .implement({
    description: 'The account that was disabled, and the job that stops its machines.',
    fields: (t) => ({
      account: t.field({
        type: Account,
        description: 'The account as it is now.',
        resolve: ({ accountId }, _args, { load }) => load.get('Account', parseId('Account', accountId)),
      }),
      job: t.field({
        type: Job,
        nullable: true,
        description: 'The job that stops its machines; null where you may not see it.',
        resolve: ({ jobId }, _args, { load }) =>
          jobId === undefined ? null : load.find('Job', parseId('Job', jobId)),
      }),
    }),
  });

builder.mutationField('disableAccount', (t) =>
  t.field({
    type: DisableAccountPayload,
    permission: 'account.disable',
    description: `Ends an account’s sign-ins, sessions, keys and sockets at once, and has a job stop its machines. ${stateErrors}`,
    args: { input: t.arg({ type: AccountInput, description: 'Which account.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.accounts.disable(actor, { ...input, id: idArgument('Account', 'input.id', input.id) }),
  }),
);

builder.mutationField('enableAccount', (t) =>
  t.field({
    type: AccountPayload,
    permission: 'account.enable',
    description:
      'Lets the users of an account sign in again; its machines stay as they are. Errors: NOT_FOUND, FORBIDDEN for an account that ranks above you, INVALID_STATE, VERSION_CONFLICT.',
    args: { input: t.arg({ type: AccountInput, description: 'Which account.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.accounts.enable(actor, { ...input, id: idArgument('Account', 'input.id', input.id) }),
  }),
);

builder.queryField('planDeleteAccount', (t) =>
  t.field({
    type: DeletionPlan,
    permission: 'account.delete',
    description:
      'What would go with an account. Errors: NOT_FOUND, FORBIDDEN for an account that ranks or may do more than you, INVALID_STATE for a project’s.',
    args: { id: t.arg.id({ description: 'The account.' }) },
    resolve: (_parent, { id }, { services, actor }) =>
      services.accounts.planDelete(actor, idArgument('Account', 'id', id)),
  }),
);

const DeleteAccountInput = builder.inputType('DeleteAccountInput', {
  description: 'Which account.',
  fields: (t) => ({
    id: t.id({ description: 'The account.' }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const DeleteAccountPayload = builder
  .objectRef<{ accountId: string; jobId: string }>('DeleteAccountPayload')
  .implement({
    description: 'The account that is being deleted, and the job that does it.',
    fields: (t) => ({
      account: t.field({
        type: Account,
        nullable: true,
        description: 'The account; null once it is gone.',
        resolve: ({ accountId }, _args, { load }) => load.find('Account', parseId('Account', accountId)),
      }),
      job: jobField(t, 'The job that removes it.'),
    }),
  });

builder.mutationField('deleteAccount', (t) =>
  t.field({
    type: DeleteAccountPayload,
    permission: 'account.delete',
    description: `Removes an account, the projects it made, and all that they own, as one job: planDeleteAccount says what that is. Nobody signs in to it from now on. ${stateErrors.replace('VERSION_CONFLICT', 'VERSION_CONFLICT, IDEMPOTENCY_CONFLICT')}`,
    args: { input: t.arg({ type: DeleteAccountInput, description: 'Which account.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.accounts.delete(actor, { ...input, id: idArgument('Account', 'input.id', input.id) }),
  }),
);
