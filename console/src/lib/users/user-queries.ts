import { graphql, type ResultOf } from '../api/graphql.ts';
import { userFields } from './fragments.ts';

export const usersQuery = graphql(
  `
    query Users(
      $first: Int
      $after: Cursor
      $last: Int
      $before: Cursor
      $search: String
      $accountId: ID
      $filter: UserFilter
      $orderBy: UserOrder
    ) {
      users(
        first: $first
        after: $after
        last: $last
        before: $before
        search: $search
        accountId: $accountId
        filter: $filter
        orderBy: $orderBy
      ) {
        nodes {
          ...UserFields
        }
        totalCount
        isTotalEstimated
        startPosition
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
      }
    }
  `,
  [userFields],
);

export const userQuery = graphql(
  `
    query User($id: ID!) {
      user(id: $id) {
        ...UserFields
      }
    }
  `,
  [userFields],
);

export const userKeysQuery = graphql(`
  query UserKeys($id: ID!) {
    userApiKeys(userId: $id) {
      id
      name
      scopes
      allowedCidrs
      createdAt
      expiresAt
      lastUsedAt
    }
  }
`);

export type UserKey = ResultOf<typeof userKeysQuery>['userApiKeys'][number];
