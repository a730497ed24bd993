import type { Row } from '@nephos/model/database.ts';
import type {
  AccountRole as AccountRoles,
  AccountState as AccountStates,
} from '@nephos/model/generated/enums.ts';
import { builder, Node } from '../../graphql/builder.ts';

export const AccountRole = builder.enumType('AccountRole', {
  description: 'What the users of an account may do.',
  values: {
    ROOT_ADMIN: { description: 'Everything, for everybody.' },
    USER: { description: 'Run machines of their own.' },
  } satisfies Record<keyof typeof AccountRoles, { description: string }>,
});

export const AccountState = builder.enumType('AccountState', {
  description: 'Whether an account or user may sign in.',
  values: {
    ENABLED: { description: 'May sign in.' },
    DISABLED: { description: 'Was switched off by an administrator.' },
    LOCKED: { description: 'Was locked.' },
  } satisfies Record<keyof typeof AccountStates, { description: string }>,
});

/** A domain. */
export const Domain = builder.objectRef<Row<'Domain'>>('Domain').implement({
  description: 'A branch of the tenancy tree.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name.' }),
    path: t.exposeString('path', { description: 'Names from the root, each after a slash.' }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
  }),
});

/** An account. */
export const Account = builder.objectRef<Row<'Account'>>('Account').implement({
  description: 'What owns resources.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, unique in the domain.' }),
    role: t.field({ type: AccountRole, description: 'What its users may do.', resolve: ({ role }) => role }),
    state: t.field({
      type: AccountState,
      description: 'Whether its users may sign in.',
      resolve: ({ state }) => state,
    }),
    domain: t.field({
      type: Domain,
      description: 'The domain it is in.',
      resolve: ({ domainId }, _args, { load }) => load.get('Domain', domainId),
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});
