import type { Row } from '@nephos/model/database.ts';
import type { AccountType as AccountTypes } from '@nephos/model/generated/enums.ts';
import type { RoleRule as RoleRuleFacts } from '@nephos/model/shapes/role.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { addListField } from '../../graphql/list-field.ts';
import { permissions } from '../access/permissions.ts';
import { rightsOfRole, rulesOfRole } from '../access/rights.ts';
import { accountsByRole } from './role-parts.ts';

export const AccountType = builder.enumType('AccountType', {
  description: 'What an account is for; it follows from its role, and ranks it.',
  values: {
    ROOT_ADMIN: { description: 'Runs the whole cloud.' },
    RESOURCE_ADMIN: { description: 'Runs the hardware; sees no tenant’s things.' },
    DOMAIN_ADMIN: { description: 'Runs a domain and those below it.' },
    USER: { description: 'Runs machines of its own.' },
  } satisfies Record<keyof typeof AccountTypes, { description: string }>,
});

export const RuleEffect = builder.enumType('RuleEffect', {
  description: 'What a rule does with the permissions that it matches.',
  values: {
    ALLOW: { description: 'Allows them.' },
    DENY: { description: 'Denies them.' },
  } satisfies Record<RoleRuleFacts['effect'], { description: string }>,
});

const RoleRule = builder.objectRef<RoleRuleFacts>('RoleRule').implement({
  description: 'One rule of a role. The first rule that matches a permission decides.',
  fields: (t) => ({
    pattern: t.exposeString('pattern', {
      description:
        'A permission (`virtualMachine.start`), a family (`virtualMachine.*`, `*.list`), or all (`*`).',
    }),
    effect: t.field({
      type: RuleEffect,
      description: 'What it does with what it matches.',
      resolve: ({ effect }) => effect,
    }),
  }),
});

/** A role. */
export const Role = builder.objectRef<Row<'Role'>>('Role').implement({
  description: 'What the users of an account may do.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, unique.' }),
    description: t.exposeString('description', { description: 'What it is for.' }),
    accountType: t.field({
      type: AccountType,
      description: 'What an account with it is for.',
      resolve: ({ accountType }) => accountType,
    }),
    isBuiltIn: t.exposeBoolean('isBuiltIn', {
      description: 'It belongs to Nephos and cannot be changed, only copied.',
    }),
    rules: t.field({
      type: [RoleRule],
      description: 'Its rules, in order; what none of them matches is denied.',
      resolve: (role) => [...rulesOfRole(role)],
    }),
    permissions: t.stringList({
      description: 'All that its rules allow.',
      resolve: (role) => [...rightsOfRole(role)],
    }),
    usedBy: t.int({
      description: 'How many accounts have it, of those that you may see.',
      resolve: async ({ id }, _args, { actor, load }) =>
        (await load.partsOf('accountsByRole', id, accountsByRole(actor))) ?? 0,
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

const RoleFilter = builder.inputType('RoleFilter', {
  description: 'Which roles.',
  fields: (t) => ({
    accountType: t.field({ type: [AccountType], required: false, description: 'For one of these types.' }),
    isBuiltIn: t.boolean({ required: false, description: 'Only those of Nephos, or only the others.' }),
  }),
});

addListField({
  field: 'roles',
  type: 'Role',
  plural: 'roles',
  node: Role,
  table: 'Role',
  permission: 'role.list',
  searched: ['name', 'description'],
  orders: { NAME: { column: 'name', description: 'By name.' } },
  filter: {
    input: RoleFilter,
    where: ({ accountType, isBuiltIn }) => [
      ...(accountType == null ? [] : [sql<boolean>`"accountType"::text = any(${accountType})`]),
      ...(isBuiltIn == null ? [] : [sql<boolean>`"isBuiltIn" = ${isBuiltIn}`]),
    ],
  },
});

builder.queryField('role', (t) =>
  t.field({
    type: Role,
    nullable: true,
    permission: 'role.list',
    description: 'One role; null when there is none or you may not see it.',
    args: { id: t.arg.id({ description: 'Its id.' }) },
    resolve: (_parent, { id }, { load }) => load.find('Role', idArgument('Role', 'id', id)),
  }),
);

interface Family {
  resource: string;
  permissions: string[];
}

const PermissionFamily = builder.objectRef<Family>('PermissionFamily').implement({
  description: 'The permissions about one kind of thing.',
  fields: (t) => ({
    resource: t.exposeString('resource', { description: 'The kind of thing: `virtualMachine`.' }),
    permissions: t.exposeStringList('permissions', {
      description: 'Names of its permissions: `virtualMachine.start`.',
    }),
  }),
});

builder.queryField('permissions', (t) =>
  t.field({
    type: [PermissionFamily],
    permission: 'role.list',
    description: 'Everything that a role can allow or deny, by kind of thing.',
    resolve: () =>
      [...Map.groupBy(permissions, (permission) => permission.split('.')[0] ?? '')].map(
        ([resource, names]) => ({ resource, permissions: names }),
      ),
  }),
);
