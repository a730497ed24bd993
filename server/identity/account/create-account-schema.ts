import { parseId } from '@nephos/model/kernel/ids.ts';
import { builder } from '../../graphql/builder.ts';
import { addListField } from '../../graphql/list-field.ts';
import { User } from '../user/schema.ts';
import { Account, AccountRole } from './schema.ts';

addListField({
  field: 'accounts',
  type: 'Account',
  plural: 'accounts',
  node: Account,
  table: 'Account',
  permission: 'account.list',
  searched: ['name'],
  orders: { NAME: { column: 'name', description: 'By name.' } },
});

const CreateAccountInput = builder.inputType('CreateAccountInput', {
  description: 'A new account and its first user.',
  fields: (t) => ({
    name: t.string({ description: 'Name of the account, unique in its domain.' }),
    role: t.field({ type: AccountRole, defaultValue: 'USER', description: 'What its users may do.' }),
    username: t.string({ description: 'Name that the user signs in with.' }),
    password: t.string({ description: 'Password of the user, 8 characters or more.' }),
  }),
});

const CreateAccountPayload = builder
  .objectRef<{ accountId: string; userId: string }>('CreateAccountPayload')
  .implement({
    description: 'The new account and its first user.',
    fields: (t) => ({
      account: t.field({
        type: Account,
        description: 'The account.',
        resolve: ({ accountId }, _args, { load }) => load.get('Account', parseId('Account', accountId)),
      }),
      user: t.field({
        type: User,
        description: 'Its first user.',
        resolve: ({ userId }, _args, { load }) => load.get('User', parseId('User', userId)),
      }),
    }),
  });

builder.mutationField('createAccount', (t) =>
  t.field({
    type: CreateAccountPayload,
    permission: 'account.create',
    description: 'Makes an account with one user, in your domain. Errors: VALIDATION_FAILED.',
    args: { input: t.arg({ type: CreateAccountInput, description: 'The account.' }) },
    resolve: (_parent, { input }, { services, actor }) => services.accounts.create(actor, input),
  }),
);
