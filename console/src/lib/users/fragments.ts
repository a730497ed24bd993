import { graphql, type FragmentOf } from '../api/graphql.ts';

// `state` and `account` under names of their own: the feed asks for things together of which others have them otherwise.
export const userFields = graphql(`
  fragment UserFields on User {
    id
    username
    displayName
    email
    version
    accountState: state
    owner: account {
      id
      name
      domain {
        id
        path
      }
    }
    hasPassword
    hasSecondFactor
    mustChangePassword
    isExternal
    lockedUntil
    createdAt
  }
`);

export type User = FragmentOf<typeof userFields>;
