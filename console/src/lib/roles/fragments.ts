import { graphql, type FragmentOf } from '../api/graphql.ts';

export const roleFields = graphql(`
  fragment RoleFields on Role {
    id
    name
    version
    description
    accountType
    isBuiltIn
    usedBy
    rules {
      pattern
      effect
    }
    createdAt
  }
`);

export type Role = FragmentOf<typeof roleFields>;
export type AccountType = Role['accountType'];
