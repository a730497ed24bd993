import { graphql } from '../../api/graphql.ts';

export const createConsoleAccessMutation = graphql(`
  mutation CreateConsoleAccess($input: CreateConsoleAccessInput!) {
    createConsoleAccess(input: $input) {
      path
      expiresAt
    }
  }
`);
