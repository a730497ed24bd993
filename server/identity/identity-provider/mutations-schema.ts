import { parseId } from '@nephos/model/kernel/ids.ts';
import { builder } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { IdentityProvider } from './schema.ts';

const OidcInput = builder.inputType('OidcConfigurationInput', {
  description:
    'How an OpenID Connect issuer is spoken to. It must know `/auth/oidc/callback` at this cloud’s address as a redirect URI.',
  fields: (t) => ({
    issuer: t.string({
      description: 'Its address, exactly as in its tokens: https; http for an issuer on loopback only.',
    }),
    clientId: t.string({ description: 'Id under which it knows this cloud.' }),
    scopes: t.stringList({
      required: false,
      description: 'What is asked for beside `openid`; `profile` and `email` when left out.',
    }),
    usernameClaim: t.string({
      required: false,
      description: 'Claim that becomes the user name; `preferred_username` when left out.',
    }),
    groupsClaim: t.string({
      required: false,
      description: 'Claim that names the groups of a user; `groups` when left out.',
    }),
  }),
});

const LdapInput = builder.inputType('LdapConfigurationInput', {
  description: 'How an LDAP directory is asked.',
  fields: (t) => ({
    url: t.string({ description: '`ldaps://host`, or `ldap://host` with `startTls`.' }),
    startTls: t.boolean({
      required: false,
      description: 'Go over to TLS before anything is said; must be on for `ldap://`, except on loopback.',
    }),
    certificateAuthority: t.string({
      required: false,
      description:
        'Authority that signed its certificate, in PEM; those that the system trusts when left out.',
    }),
    bindDn: t.string({
      required: false,
      description: 'Entry that searches, its password being `secret`; an anonymous search when left out.',
    }),
    baseDn: t.string({
      description: 'Entry below which users are looked for: `ou=people,dc=example,dc=org`.',
    }),
    userFilter: t.string({
      required: false,
      description: 'Filter that finds a user by `{username}`; `(uid={username})` when left out.',
    }),
    idAttribute: t.string({
      required: false,
      description: 'Attribute that never changes and names a user; `entryUUID` when left out.',
    }),
    emailAttribute: t.string({
      required: false,
      description: 'Attribute with the mail address; `mail` when left out.',
    }),
    groupAttribute: t.string({
      required: false,
      description:
        'Attribute of the user that names groups: `memberOf`. Its values are compared as they are.',
    }),
    groupBaseDn: t.string({
      required: false,
      description: 'Entry below which groups are looked for; `cn` is a group’s name.',
    }),
    groupFilter: t.string({
      required: false,
      description: 'Filter that finds groups by `{dn}` or `{username}`: `(member={dn})`.',
    }),
  }),
});

const RoleMappingInput = builder.inputType('IdentityRoleMappingInput', {
  description: 'What users get of whom the provider names a group.',
  fields: (t) => ({
    groupName: t.string({ description: 'The group, exactly as the provider names it; `*` for everybody.' }),
    roleId: t.id({ description: 'Role of their accounts; no more than you may yourself.' }),
    domainId: t.id({
      required: false,
      description: 'Domain of their accounts, below the provider’s; the provider’s own when left out.',
    }),
  }),
});

interface GivenMapping {
  groupName: string;
  roleId: string;
  domainId?: string | null | undefined;
}

function mappingsFrom(given: readonly GivenMapping[]) {
  return given.map(({ groupName, roleId, domainId }, index) => ({
    groupName,
    roleId: idArgument('Role', `input.roleMappings.${index}.roleId`, roleId),
    domainId: optionalId('Domain', `input.roleMappings.${index}.domainId`, domainId),
  }));
}

const CreateIdentityProviderInput = builder.inputType('CreateIdentityProviderInput', {
  description: 'A new identity provider: an OpenID Connect issuer or an LDAP directory.',
  fields: (t) => ({
    name: t.string({ description: 'Its name, unique, shown at sign-in.' }),
    domainId: t.id({
      required: false,
      description: 'Domain in which accounts of its users are made; yours when left out.',
    }),
    isEnabled: t.boolean({
      required: false,
      description: 'Whether anybody may sign in with it; yes when left out.',
    }),
    oidc: t.field({ type: OidcInput, required: false, description: 'Given for an OpenID Connect issuer.' }),
    ldap: t.field({ type: LdapInput, required: false, description: 'Given for an LDAP directory.' }),
    secret: t.string({
      required: false,
      description: 'Client secret, or password of the entry that searches. It is never shown again.',
    }),
    roleMappings: t.field({
      type: [RoleMappingInput],
      description: 'What its users get: the first that matches decides, and whom none matches is refused.',
    }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const UpdateIdentityProviderInput = builder.inputType('UpdateIdentityProviderInput', {
  description: 'What of an identity provider is to change; what is left out stays.',
  fields: (t) => ({
    id: t.id({ description: 'Which provider.' }),
    name: t.string({ required: false, description: 'Its new name.' }),
    isEnabled: t.boolean({
      required: false,
      description: 'Whether anybody may sign in with it. Sessions that there are go on.',
    }),
    oidc: t.field({ type: OidcInput, required: false, description: 'All of how an issuer is spoken to.' }),
    ldap: t.field({ type: LdapInput, required: false, description: 'All of how a directory is asked.' }),
    secret: t.string({
      required: false,
      description: 'The new secret; empty for none. Must be given again when the address changes.',
    }),
    roleMappings: t.field({
      type: [RoleMappingInput],
      required: false,
      description: 'All mappings, in place of those that there are.',
    }),
    expectedVersion: t.int({ required: false, description: 'Version that you saw.' }),
  }),
});

const DeleteIdentityProviderInput = builder.inputType('DeleteIdentityProviderInput', {
  description: 'Which identity provider is to go.',
  fields: (t) => ({
    id: t.id({ description: 'Which provider.' }),
    expectedVersion: t.int({ required: false, description: 'Version that you saw.' }),
  }),
});

const IdentityProviderPayload = builder
  .objectRef<{ identityProviderId: string }>('IdentityProviderPayload')
  .implement({
    description: 'The identity provider.',
    fields: (t) => ({
      identityProvider: t.field({
        type: IdentityProvider,
        description: 'The provider as it is now.',
        resolve: ({ identityProviderId }, _args, { load }) =>
          load.get('IdentityProvider', parseId('IdentityProvider', identityProviderId)),
      }),
    }),
  });

const DeleteIdentityProviderPayload = builder
  .objectRef<{ identityProviderId: string }>('DeleteIdentityProviderPayload')
  .implement({
    description: 'The identity provider that is gone.',
    fields: (t) => ({ identityProviderId: t.exposeID('identityProviderId', { description: 'Its id.' }) }),
  });

builder.mutationField('createIdentityProvider', (t) =>
  t.field({
    type: IdentityProviderPayload,
    permission: 'identityProvider.create',
    description:
      'Lets users of an OpenID Connect issuer or an LDAP directory sign in. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN for roles that may do more than you.',
    args: { input: t.arg({ type: CreateIdentityProviderInput, description: 'The provider.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.identityProviders.create(actor, {
        ...input,
        domainId: optionalId('Domain', 'input.domainId', input.domainId),
        roleMappings: mappingsFrom(input.roleMappings),
      }),
  }),
);

builder.mutationField('updateIdentityProvider', (t) =>
  t.field({
    type: IdentityProviderPayload,
    permission: 'identityProvider.update',
    description:
      'Changes an identity provider. Errors: NOT_FOUND, VALIDATION_FAILED, VERSION_CONFLICT, FORBIDDEN for roles that may do more than you.',
    args: { input: t.arg({ type: UpdateIdentityProviderInput, description: 'What is to change.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.identityProviders.update(actor, {
        ...input,
        id: idArgument('IdentityProvider', 'input.id', input.id),
        roleMappings: input.roleMappings == null ? null : mappingsFrom(input.roleMappings),
      }),
  }),
);

builder.mutationField('deleteIdentityProvider', (t) =>
  t.field({
    type: DeleteIdentityProviderPayload,
    permission: 'identityProvider.delete',
    description:
      'Removes an identity provider on which no user depends. Errors: NOT_FOUND, VERSION_CONFLICT, RESOURCE_IN_USE.',
    args: { input: t.arg({ type: DeleteIdentityProviderInput, description: 'Which provider.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.identityProviders.remove(actor, {
        ...input,
        id: idArgument('IdentityProvider', 'input.id', input.id),
      }),
  }),
);
