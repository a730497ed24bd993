import { graphql, type ResultOf, type VariablesOf } from '../api/graphql.ts';

export const apiKeysQuery = graphql(`
  query ApiKeys {
    apiKeys {
      id
      name
      scopes
      allowedCidrs
      createdAt
      expiresAt
      isExpired
      lastUsedAt
      lastUsedAddress
    }
  }
`);

export type ApiKey = ResultOf<typeof apiKeysQuery>['apiKeys'][number];

export const createApiKeyMutation = graphql(`
  mutation CreateApiKey($input: CreateApiKeyInput!) {
    createApiKey(input: $input) {
      apiKey {
        id
        name
      }
      token
    }
  }
`);

export type CreateApiKeyInput = VariablesOf<typeof createApiKeyMutation>['input'];

export const deleteApiKeyMutation = graphql(`
  mutation DeleteApiKey($input: DeleteApiKeyInput!) {
    deleteApiKey(input: $input) {
      apiKeyId
    }
  }
`);
