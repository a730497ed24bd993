import type { Row } from '@nephos/model/database.ts';
import type { AccountState as AccountStates } from '@nephos/model/generated/enums.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { addListField } from '../../graphql/list-field.ts';
import { Domain } from '../domain/schema.ts';
import { AccountType, Role } from '../role/schema.ts';
import { typesOfAccounts } from './account-parts.ts';

export const AccountState = builder.enumType('AccountState', {
  description: 'Whether an account or user may sign in.',
  values: {
    ENABLED: { description: 'May sign in.' },
    DISABLED: { description: 'Was switched off by an administrator; an account’s machines are off too.' },
    LOCKED: { description: 'Was locked out by an administrator; an account’s machines run on.' },
  } satisfies Record<keyof typeof AccountStates, { description: string }>,
});

/** An account. */
export const Account = builder.objectRef<Row<'Account'>>('Account').implement({
  description: 'What owns resources.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, unique in the domain.' }),
    state: t.field({
      type: AccountState,
      description: 'Whether its users may sign in.',
      resolve: ({ state }) => state,
    }),
    isDeleting: t.exposeBoolean('isDeleting', {
      description: 'A job removes it with all that it owns; its users cannot sign in.',
    }),
    isInArrears: t.exposeBoolean('isInArrears', {
      description: 'It is in arrears: nothing is made or started for it until it is paid.',
    }),
    isProject: t.boolean({
      description:
        'It is the account of a project: it owns the project’s resources and nobody signs in to it.',
      resolve: ({ roleId }) => roleId === null,
    }),
    role: t.field({
      type: Role,
      nullable: true,
      description: 'What its users may do; null for a project’s, and where you may not see it.',
      resolve: ({ roleId }, _args, { load }) => (roleId === null ? null : load.find('Role', roleId)),
    }),
    type: t.field({
      type: AccountType,
      nullable: true,
      description: 'What it is for; it follows from the role. Null for a project’s.',
      resolve: async ({ id }, _args, { load }) =>
        (await load.partsOf('accountTypes', id, typesOfAccounts)) ?? null,
    }),
    domain: t.field({
      type: Domain,
      nullable: true,
      description: 'The domain it is in; null where you may not see it.',
      resolve: ({ domainId }, _args, { load }) => load.find('Domain', domainId),
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

const AccountFilter = builder.inputType('AccountFilter', {
  description: 'Which accounts.',
  fields: (t) => ({
    domainId: t.id({ required: false, description: 'Directly in this domain.' }),
    belowDomainId: t.id({ required: false, description: 'In this domain or in one below it.' }),
    roleId: t.id({ required: false, description: 'With this role.' }),
    state: t.field({ type: [AccountState], required: false, description: 'In one of these states.' }),
    isProject: t.boolean({ required: false, description: 'Only projects’ accounts, or only the others.' }),
  }),
});

addListField({
  field: 'accounts',
  type: 'Account',
  plural: 'accounts',
  node: Account,
  table: 'Account',
  permission: 'account.list',
  searched: ['name'],
  orders: { NAME: { column: 'name', description: 'By name.' } },
  filter: {
    input: AccountFilter,
    where: ({ domainId, belowDomainId, roleId, state, isProject }) => [
      ...(domainId == null ? [] : [sql<boolean>`"domainId" = ${domainId}`]),
      ...(belowDomainId == null
        ? []
        : [
            sql<boolean>`"domainId" in (select d."id" from "Domain" d where d."lineage" @> array[${belowDomainId}]::text[])`,
          ]),
      ...(roleId == null ? [] : [sql<boolean>`"roleId" = ${roleId}`]),
      ...(state == null ? [] : [sql<boolean>`"state"::text = any(${state})`]),
      ...(isProject == null ? [] : [sql<boolean>`("roleId" is null) = ${isProject}`]),
    ],
  },
});

builder.queryField('account', (t) =>
  t.field({
    type: Account,
    nullable: true,
    permission: 'account.list',
    description: 'One account; null when there is none or you may not see it.',
    args: { id: t.arg.id({ description: 'Its id.' }) },
    resolve: (_parent, { id }, { load }) => load.find('Account', idArgument('Account', 'id', id)),
  }),
);
