import type { Row } from '@nephos/model/database.ts';
import { builder, Node } from '../../graphql/builder.ts';
import { Account, AccountState } from '../account/schema.ts';

/** A user. */
export const User = builder.objectRef<Row<'User'>>('User').implement({
  description: 'A person or a program that signs in to an account.',
  interfaces: [Node],
  fields: (t) => ({
    username: t.exposeString('username', { description: 'Name that they sign in with.' }),
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
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When they were made known.' }),
  }),
});
