import { graphql, type ResultOf } from '../api/graphql.ts';

export const profileQuery = graphql(`
  query Profile {
    viewer {
      hasPassword
      hasSecondFactor
      recoveryCodesLeft
    }
  }
`);

export const sessionsQuery = graphql(`
  query Sessions {
    sessions {
      id
      method
      clientAddress
      userAgent
      createdAt
      lastSeenAt
      expiresAt
      isCurrent
    }
  }
`);

export const userSessionsQuery = graphql(`
  query UserSessions($userId: ID!) {
    userSessions(userId: $userId) {
      id
      method
      clientAddress
      userAgent
      createdAt
      lastSeenAt
      expiresAt
      isCurrent
    }
  }
`);

export type UserSession = ResultOf<typeof sessionsQuery>['sessions'][number];

export const endAllSessionsMutation = graphql(`
  mutation EndAllSessions($input: EndAllSessionsInput!) {
    endAllSessions(input: $input) {
      count
    }
  }
`);

export const signInHistoryQuery = graphql(`
  query SignInHistory($userId: ID, $first: Int, $after: Cursor, $last: Int, $before: Cursor) {
    signInHistory(userId: $userId, first: $first, after: $after, last: $last, before: $before) {
      nodes {
        id
        at
        action
        outcome
        method
        secondFactor
        problem
        clientAddress
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
`);

export type SignInEvent = ResultOf<typeof signInHistoryQuery>['signInHistory']['nodes'][number];
