import { parseId } from '@nephos/model/kernel/ids.ts';
import { builder } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { newUserFields } from './new-user-fields.ts';
import { setupTokenField, User } from './schema.ts';

const expectedVersion = 'Refuse with VERSION_CONFLICT if they were changed since this version.';
const ranks = 'FORBIDDEN for a user whose account ranks or may do more than you';
const spared = 'INVALID_STATE for yourself and the last Root Admin';

const CreateUserInput = builder.inputType('CreateUserInput', {
  description: 'A new user of an account.',
  fields: (t) => ({
    accountId: t.id({ description: 'The account.' }),
    ...newUserFields(t),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

interface UserWithLink {
  userId: string;
  setupToken: string | null;
}

const UserWithLinkPayload = builder.objectRef<UserWithLink>('UserWithLinkPayload').implement({
  description: 'A user, and the one-time link by which they set a password.',
  fields: (t) => ({
    user: t.field({
      type: User,
      nullable: true,
      description: 'The user; null where you may not see them.',
      resolve: ({ userId }, _args, { load }) => load.find('User', parseId('User', userId)),
    }),
    setupToken: setupTokenField(t),
  }),
});

builder.mutationField('createUser', (t) =>
  t.field({
    type: UserWithLinkPayload,
    permission: 'user.create',
    description: `Adds a user to an account. Errors: NOT_FOUND, ${ranks}, VALIDATION_FAILED, INVALID_STATE for the account of a project, IDEMPOTENCY_CONFLICT.`,
    args: { input: t.arg({ type: CreateUserInput, description: 'The user.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.users.create(actor, {
        ...input,
        accountId: idArgument('Account', 'input.accountId', input.accountId),
      }),
  }),
);

const UserPayload = builder.objectRef<{ userId: string }>('UserPayload').implement({
  description: 'The user who was changed.',
  fields: (t) => ({
    user: t.field({
      type: User,
      description: 'The user as they are now.',
      resolve: ({ userId }, _args, { load }) => load.get('User', parseId('User', userId)),
    }),
  }),
});

const UpdateUserInput = builder.inputType('UpdateUserInput', {
  description: 'Which user, and what is to be different.',
  fields: (t) => ({
    id: t.id({ description: 'The user.' }),
    username: t.string({ required: false, description: 'New name to sign in with.' }),
    displayName: t.string({
      required: false,
      description: 'What they are called; empty: like their user name.',
    }),
    email: t.string({ required: false, description: 'Where mail reaches them; empty: nowhere.' }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
  }),
});

builder.mutationField('updateUser', (t) =>
  t.field({
    type: UserPayload,
    permission: 'user.update',
    description: `Changes what is known of a user. Errors: NOT_FOUND, ${ranks}, VALIDATION_FAILED, VERSION_CONFLICT.`,
    args: {
      input: t.arg({ type: UpdateUserInput, description: 'Which user, and what is to be different.' }),
    },
    resolve: (_parent, { input }, { services, actor }) =>
      services.users.update(actor, { ...input, id: idArgument('User', 'input.id', input.id) }),
  }),
);

const UpdateProfileInput = builder.inputType('UpdateProfileInput', {
  description: 'What is to be different about yourself.',
  fields: (t) => ({
    displayName: t.string({
      required: false,
      description: 'What you are called; empty: like your user name.',
    }),
    email: t.string({ required: false, description: 'Where mail reaches you; empty: nowhere.' }),
    expectedVersion: t.int({
      required: false,
      description: 'Refuse with VERSION_CONFLICT if you were changed since this version.',
    }),
  }),
});

builder.mutationField('updateProfile', (t) =>
  t.field({
    type: UserPayload,
    permission: 'signedIn',
    description:
      'Changes what is known of yourself. Errors: FORBIDDEN for an API key, VALIDATION_FAILED, VERSION_CONFLICT.',
    args: { input: t.arg({ type: UpdateProfileInput, description: 'What is to be different.' }) },
    resolve: (_parent, { input }, { services, actor }) => services.users.updateProfile(actor, input),
  }),
);

const UserInput = builder.inputType('UserInput', {
  description: 'Which user.',
  fields: (t) => ({
    id: t.id({ description: 'The user.' }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
  }),
});

builder.mutationField('lockUser', (t) =>
  t.field({
    type: UserPayload,
    permission: 'user.lock',
    description: `Ends a user’s sign-ins, sessions, keys and sockets at once, as locked. Errors: NOT_FOUND, ${ranks}, ${spared}, VERSION_CONFLICT.`,
    args: { input: t.arg({ type: UserInput, description: 'Which user.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.users.setState(
        actor,
        { ...input, id: idArgument('User', 'input.id', input.id) },
        'LOCKED',
        'user.lock',
      ),
  }),
);

builder.mutationField('disableUser', (t) =>
  t.field({
    type: UserPayload,
    permission: 'user.disable',
    description: `Ends a user’s sign-ins, sessions, keys and sockets at once. Errors: NOT_FOUND, ${ranks}, ${spared}, VERSION_CONFLICT.`,
    args: { input: t.arg({ type: UserInput, description: 'Which user.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.users.setState(
        actor,
        { ...input, id: idArgument('User', 'input.id', input.id) },
        'DISABLED',
        'user.disable',
      ),
  }),
);

builder.mutationField('enableUser', (t) =>
  t.field({
    type: UserPayload,
    permission: 'user.enable',
    description:
      'Lets a user sign in again, also one who is locked out after too many wrong passwords. Errors: NOT_FOUND, FORBIDDEN for a user whose account ranks above you, VERSION_CONFLICT.',
    args: { input: t.arg({ type: UserInput, description: 'Which user.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.users.setState(
        actor,
        { ...input, id: idArgument('User', 'input.id', input.id) },
        'ENABLED',
        'user.enable',
      ),
  }),
);

const ResetPasswordInput = builder.inputType('ResetPasswordInput', {
  description: 'Whose password, and how.',
  fields: (t) => ({
    id: t.id({ description: 'The user.' }),
    password: t.string({
      required: false,
      description: 'The new password. Left out: the user sets one by the one-time link in the answer.',
    }),
    mustChangePassword: t.boolean({
      defaultValue: true,
      description: 'With a password: whether it has to be changed before anything else.',
    }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
  }),
});

builder.mutationField('resetPassword', (t) =>
  t.field({
    type: UserWithLinkPayload,
    permission: 'user.resetPassword',
    description: `Makes a user’s password void, for a new one or a one-time link; all their sessions end. Errors: NOT_FOUND, ${ranks}, VALIDATION_FAILED, INVALID_STATE for yourself and for users of an identity provider, VERSION_CONFLICT.`,
    args: { input: t.arg({ type: ResetPasswordInput, description: 'Whose password, and how.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.users.resetPassword(actor, { ...input, id: idArgument('User', 'input.id', input.id) }),
  }),
);

builder.mutationField('resetSecondFactor', (t) =>
  t.field({
    type: UserPayload,
    permission: 'user.resetSecondFactor',
    description: `Takes the authenticator app and recovery codes from a user who lost them; all their sessions end. Errors: NOT_FOUND, ${ranks}, VERSION_CONFLICT.`,
    args: { input: t.arg({ type: UserInput, description: 'Which user.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.users.resetSecondFactor(actor, { ...input, id: idArgument('User', 'input.id', input.id) }),
  }),
);

const DeleteUserPayload = builder.objectRef<{ userId: string }>('DeleteUserPayload').implement({
  description: 'The user who was deleted.',
  fields: (t) => ({ userId: t.exposeID('userId', { description: 'Their id.' }) }),
});

builder.mutationField('deleteUser', (t) =>
  t.field({
    type: DeleteUserPayload,
    permission: 'user.delete',
    description: `Deletes a user with keys and sessions; what the account owns stays. Errors: NOT_FOUND, ${ranks}, ${spared}, VERSION_CONFLICT.`,
    args: { input: t.arg({ type: UserInput, description: 'Which user.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.users.delete(actor, { ...input, id: idArgument('User', 'input.id', input.id) }),
  }),
);
