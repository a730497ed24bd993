import type { Row } from '@nephos/model/database.ts';
import type { DomainState as DomainStates } from '@nephos/model/generated/enums.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { addListField } from '../../graphql/list-field.ts';
import { accountCounts, childrenOf } from './domain-parts.ts';

export const DomainState = builder.enumType('DomainState', {
  description: 'Whether a domain is to stay.',
  values: {
    ACTIVE: { description: 'It is in use.' },
    DELETING: { description: 'A job removes it with all that is in it; nobody in it can sign in.' },
  } satisfies Record<keyof typeof DomainStates, { description: string }>,
});

const domainRef = builder.objectRef<Row<'Domain'>>('Domain');

/** A domain. */
export const Domain = domainRef.implement({
  description: 'A branch of the tenancy tree.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, unique among its siblings.' }),
    path: t.exposeString('path', {
      description: 'Names from the root, each after a slash: `/` is ROOT, `/region/customer` lies two below.',
    }),
    state: t.field({
      type: DomainState,
      description: 'Whether it is to stay.',
      resolve: ({ state }) => state,
    }),
    parent: t.field({
      type: domainRef,
      nullable: true,
      description: 'The domain it is in; null for ROOT, and where you may not see it.',
      resolve: ({ parentId }, _args, { load }) => (parentId === null ? null : load.find('Domain', parentId)),
    }),
    children: t.field({
      type: [domainRef],
      description: 'The domains directly in it, by name.',
      resolve: async ({ id }, _args, { actor, load }) =>
        (await load.partsOf('subdomains', id, childrenOf(actor))) ?? [],
    }),
    subdomainCount: t.int({
      description: 'How many domains are directly in it.',
      resolve: async ({ id }, _args, { actor, load }) =>
        (await load.partsOf('subdomains', id, childrenOf(actor)))?.length ?? 0,
    }),
    accountCount: t.int({
      description:
        'How many accounts are directly in it, of those that you may see; without those of projects.',
      resolve: async ({ id }, _args, { actor, load }) =>
        (await load.partsOf('accountCount', id, accountCounts(actor))) ?? 0,
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

const DomainFilter = builder.inputType('DomainFilter', {
  description: 'Which domains.',
  fields: (t) => ({
    parentId: t.id({ required: false, description: 'Directly in this one.' }),
    state: t.field({ type: [DomainState], required: false, description: 'In one of these states.' }),
  }),
});

addListField({
  field: 'domains',
  type: 'Domain',
  plural: 'domains',
  node: Domain,
  table: 'Domain',
  permission: 'domain.list',
  searched: ['name', 'path'],
  orders: {
    NAME: { column: 'name', description: 'By name.' },
    PATH: { column: 'path', description: 'By path: every domain before those in it.' },
  },
  filter: {
    input: DomainFilter,
    where: ({ parentId, state }) => [
      ...(parentId == null ? [] : [sql<boolean>`"parentId" = ${parentId}`]),
      ...(state == null ? [] : [sql<boolean>`"state"::text = any(${state})`]),
    ],
  },
});

builder.queryField('domain', (t) =>
  t.field({
    type: Domain,
    nullable: true,
    permission: 'domain.list',
    description: 'One domain; null when there is none or you may not see it.',
    args: { id: t.arg.id({ description: 'Its id.' }) },
    resolve: (_parent, { id }, { load }) => load.find('Domain', idArgument('Domain', 'id', id)),
  }),
);
