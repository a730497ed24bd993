import type { Row } from '@nephos/model/database.ts';
import type { IdentityProviderKind as ProviderKinds } from '@nephos/model/generated/enums.ts';
import type { LdapConfiguration, OidcConfiguration } from '@nephos/model/shapes/identity-provider.ts';
import { builder, Node } from '../../graphql/builder.ts';
import { addListField } from '../../graphql/list-field.ts';
import { Domain } from '../domain/schema.ts';
import { Role } from '../role/schema.ts';
import type { SignInProviders } from './identity-provider-service.ts';
import { mappingsByProvider } from './role-mappings.ts';

const IdentityProviderKind = builder.enumType('IdentityProviderKind', {
  description: 'How an identity provider is spoken to.',
  values: {
    OIDC: { description: 'OpenID Connect: the browser goes there and comes back.' },
    LDAP: { description: 'A directory that is asked whether a name and a password are right.' },
  } satisfies Record<keyof typeof ProviderKinds, { description: string }>,
});

const Oidc = builder.objectRef<OidcConfiguration>('OidcConfiguration').implement({
  description: 'How an OpenID Connect issuer is spoken to.',
  fields: (t) => ({
    issuer: t.exposeString('issuer', { description: 'Its address, exactly as in its tokens.' }),
    clientId: t.exposeString('clientId', { description: 'Id under which it knows this cloud.' }),
    scopes: t.exposeStringList('scopes', { description: 'What is asked for beside `openid`.' }),
    usernameClaim: t.exposeString('usernameClaim', { description: 'Claim that becomes the user name.' }),
    groupsClaim: t.exposeString('groupsClaim', { description: 'Claim that names the groups of a user.' }),
  }),
});

const Ldap = builder.objectRef<LdapConfiguration>('LdapConfiguration').implement({
  description: 'How an LDAP directory is asked.',
  fields: (t) => ({
    url: t.exposeString('url', { description: 'Its address: `ldap://…` or `ldaps://…`.' }),
    startTls: t.exposeBoolean('startTls', { description: 'Whether `ldap://` goes over to TLS.' }),
    certificateAuthority: t.exposeString('certificateAuthority', {
      nullable: true,
      description: 'Authority that signed its certificate, in PEM; null for those that the system trusts.',
    }),
    bindDn: t.exposeString('bindDn', {
      nullable: true,
      description: 'Entry that searches; null for an anonymous search.',
    }),
    baseDn: t.exposeString('baseDn', { description: 'Entry below which users are looked for.' }),
    userFilter: t.exposeString('userFilter', {
      description: 'Filter that finds a user; `{username}` stands for what was typed, escaped.',
    }),
    idAttribute: t.exposeString('idAttribute', {
      description: 'Attribute that never changes and names a user.',
    }),
    emailAttribute: t.exposeString('emailAttribute', { description: 'Attribute with the mail address.' }),
    groupAttribute: t.exposeString('groupAttribute', {
      nullable: true,
      description: 'Attribute of the user that names groups.',
    }),
    groupBaseDn: t.exposeString('groupBaseDn', {
      nullable: true,
      description: 'Entry below which groups are looked for.',
    }),
    groupFilter: t.exposeString('groupFilter', {
      nullable: true,
      description:
        'Filter that finds the groups of a user: `{dn}` and `{username}` stand for the user’s, escaped.',
    }),
  }),
});

const RoleMapping = builder.objectRef<Row<'IdentityRoleMapping'>>('IdentityRoleMapping').implement({
  description: 'What users get of whom a provider names a group.',
  fields: (t) => ({
    groupName: t.exposeString('groupName', {
      description: 'The group, exactly as the provider names it; `*` for everybody.',
    }),
    role: t.field({
      type: Role,
      nullable: true,
      description: 'Role of their accounts; null where you may not see it.',
      resolve: ({ roleId }, _args, { load }) => load.find('Role', roleId),
    }),
    domain: t.field({
      type: Domain,
      nullable: true,
      description: 'Domain of their accounts; null for the provider’s own.',
      resolve: ({ domainId }, _args, { load }) => (domainId === null ? null : load.find('Domain', domainId)),
    }),
  }),
});

/** An identity provider. */
export const IdentityProvider = builder.objectRef<Row<'IdentityProvider'>>('IdentityProvider').implement({
  description:
    'Somebody else who vouches for users. Their users are made at their first sign-in, and get role and domain by the mappings at every one.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, unique, shown at sign-in.' }),
    kind: t.field({
      type: IdentityProviderKind,
      description: 'How it is spoken to.',
      resolve: ({ kind }) => kind,
    }),
    domain: t.field({
      type: Domain,
      nullable: true,
      description: 'Domain in which accounts of its users are made; null where you may not see it.',
      resolve: ({ domainId }, _args, { load }) => load.find('Domain', domainId),
    }),
    isEnabled: t.exposeBoolean('isEnabled', { description: 'Whether anybody may sign in with it.' }),
    oidc: t.field({
      type: Oidc,
      nullable: true,
      description: 'How it is spoken to; null for a directory.',
      resolve: ({ kind, configuration }) => (kind === 'OIDC' ? (configuration as OidcConfiguration) : null),
    }),
    ldap: t.field({
      type: Ldap,
      nullable: true,
      description: 'How it is asked; null for an OpenID Connect issuer.',
      resolve: ({ kind, configuration }) => (kind === 'LDAP' ? (configuration as LdapConfiguration) : null),
    }),
    hasSecret: t.boolean({
      description:
        'Whether a client secret, or a password of the entry that searches, is kept. It is never shown.',
      resolve: ({ secret }) => secret !== null,
    }),
    roleMappings: t.field({
      type: [RoleMapping],
      description: 'What its users get: the first that matches decides, and whom none matches is refused.',
      resolve: async ({ id }, _args, { load }) =>
        (await load.partsOf('roleMappings', id, mappingsByProvider)) ?? [],
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

addListField({
  field: 'identityProviders',
  type: 'IdentityProvider',
  plural: 'identity providers',
  node: IdentityProvider,
  table: 'IdentityProvider',
  permission: 'identityProvider.list',
  searched: ['name'],
  orders: { NAME: { column: 'name', description: 'By name.' } },
});

const OfferedProvider = builder.objectRef<SignInProviders['oidc'][number]>('SignInProvider').implement({
  description: 'An OpenID Connect provider that the sign-in page offers.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Leads there: `/auth/oidc/<id>/start?returnTo=/path`.' }),
    name: t.exposeString('name', { description: 'Its name.' }),
  }),
});

const OfferedProviders = builder.objectRef<SignInProviders>('SignInProviders').implement({
  description: 'What the sign-in page offers beside the passwords of this cloud.',
  fields: (t) => ({
    openIdConnect: t.field({
      type: [OfferedProvider],
      description: 'OpenID Connect providers, by name.',
      resolve: ({ oidc }) => oidc,
    }),
    hasDirectory: t.exposeBoolean('hasDirectory', {
      description: 'Whether names and passwords of a directory are taken as well.',
    }),
  }),
});

builder.queryField('signInProviders', (t) =>
  t.field({
    type: OfferedProviders,
    permission: 'public',
    description: 'What the sign-in page offers: names of providers, and nothing else about them.',
    args: {
      domain: t.arg.string({
        defaultValue: '/',
        description:
          'Path of the domain whose providers are meant: `/region/customer`. ROOT’s when left out.',
      }),
    },
    resolve: (_parent, { domain }, { services }) => services.identityProviders.offered(domain),
  }),
);
