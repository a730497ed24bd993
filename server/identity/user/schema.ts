import type { Row } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { builder, Node, type SchemaTypes } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { addListField } from '../../graphql/list-field.ts';
import { Account, AccountState } from '../account/schema.ts';
import { usersOf } from './user-parts.ts';

/** A user. */
export const User = builder.objectRef<Row<'User'>>('User').implement({
  description: 'A person or a program that signs in to an account.',
  interfaces: [Node],
  fields: (t) => ({
    username: t.exposeString('username', { description: 'Name that they sign in with, unique.' }),
    displayName: t.exposeString('displayName', {
      nullable: true,
      description: 'What they are called; null: like their user name.',
    }),
    email: t.exposeString('email', { nullable: true, description: 'Where mail reaches them.' }),
    state: t.field({
      type: AccountState,
      description: 'Whether they may sign in.',
      resolve: ({ state }) => state,
    }),
    account: t.field({
      type: Account,
      description: 'The account they belong to.',
      resolve: ({ accountId }, _args, { load }) => load.get('Account', accountId),
    }),
    hasPassword: t.boolean({
      description:
        'They have set a password. False until the one-time link was used, and for users of an identity provider.',
      resolve: ({ passwordHash }) => passwordHash !== null,
    }),
    hasSecondFactor: t.boolean({
      description: 'They sign in with a code of an authenticator app too.',
      resolve: ({ totpConfirmedAt }) => totpConfirmedAt !== null,
    }),
    mustChangePassword: t.exposeBoolean('mustChangePassword', {
      description: 'They may do nothing until they have changed their password.',
    }),
    isExternal: t.boolean({
      description: 'An identity provider vouches for them: they have no password here.',
      resolve: ({ identityProviderId }) => identityProviderId !== null,
    }),
    lockedUntil: t.expose('lockedUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'After too many wrong passwords: sign-in is refused until then.',
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When they were made known.' }),
  }),
});

builder.objectField(Account, 'users', (t) =>
  t.field({
    type: [User],
    description: 'Its users, of those that you may see, by name.',
    resolve: async ({ id }, _args, { actor, load }) =>
      (await load.partsOf('users', id, usersOf(actor))) ?? [],
  }),
);

const UserFilter = builder.inputType('UserFilter', {
  description: 'Which users.',
  fields: (t) => ({
    accountId: t.id({ required: false, description: 'Of this account.' }),
    state: t.field({ type: [AccountState], required: false, description: 'In one of these states.' }),
  }),
});

addListField({
  field: 'users',
  type: 'User',
  plural: 'users',
  node: User,
  table: 'User',
  permission: 'user.list',
  searched: ['username', 'displayName', 'email'],
  orders: { USERNAME: { column: 'username', description: 'By user name.' } },
  filter: {
    input: UserFilter,
    where: ({ accountId, state }) => [
      ...(accountId == null ? [] : [sql<boolean>`"accountId" = ${accountId}`]),
      ...(state == null ? [] : [sql<boolean>`"state"::text = any(${state})`]),
    ],
  },
});

builder.queryField('user', (t) =>
  t.field({
    type: User,
    nullable: true,
    permission: 'user.list',
    description: 'One user; null when there is none or you may not see them.',
    args: { id: t.arg.id({ description: 'Their id.' }) },
    resolve: (_parent, { id }, { load }) => load.find('User', idArgument('User', 'id', id)),
  }),
);

type PayloadFields<Payload> = PothosSchemaTypes.ObjectFieldBuilder<
  PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>,
  Payload
>;

/** The field `setupToken` of a payload: the secret of a one-time link. */
export function setupTokenField<Payload extends { setupToken: string | null }>(t: PayloadFields<Payload>) {
  return t.string({
    nullable: true,
    description:
      'Secret of a one-time link by which the user sets a password: the console’s `/setup#` followed by it, or useSetupLink. It holds for 7 days and is shown now and never again; null where a password was given.',
    resolve: ({ setupToken }) => setupToken,
  });
}
