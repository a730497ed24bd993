import { userRoleId } from '@nephos/server/identity/role/built-in-roles.ts';
import type { ApiClient } from './api-client.ts';
import type { RunningProvider } from './oidc-provider.ts';

export const createProviderMutation = `mutation ($input: CreateIdentityProviderInput!) {
  createIdentityProvider(input: $input) { identityProvider { id } }
}`;
export const updateProviderMutation = `mutation ($input: UpdateIdentityProviderInput!) {
  updateIdentityProvider(input: $input) { identityProvider { id version } }
}`;

/** @returns the provider's id */
export async function createProvider(client: ApiClient, input: Record<string, unknown>): Promise<string> {
  const { createIdentityProvider } = await client.ask<{
    createIdentityProvider: { identityProvider: { id: string } };
  }>(createProviderMutation, { input });
  return createIdentityProvider.identityProvider.id;
}

/** Input for a provider that runs; everybody whom it knows becomes a user unless it says otherwise. */
export function oidcInput(
  { issuer, clientId, clientSecret }: Pick<RunningProvider, 'issuer' | 'clientId' | 'clientSecret'>,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    name: 'Example',
    oidc: { issuer, clientId, scopes: ['profile', 'email', 'groups'] },
    secret: clientSecret,
    roleMappings: [{ groupName: '*', roleId: userRoleId }],
    ...more,
  };
}
