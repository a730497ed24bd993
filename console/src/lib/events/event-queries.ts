import { graphql, type ResultOf } from '../api/graphql.ts';

export const eventsQuery = graphql(`
  query Events(
    $first: Int
    $after: Cursor
    $last: Int
    $before: Cursor
    $search: String
    $filter: AuditEventFilter
    $orderBy: AuditEventOrder
  ) {
    auditEvents(
      first: $first
      after: $after
      last: $last
      before: $before
      search: $search
      filter: $filter
      orderBy: $orderBy
    ) {
      nodes {
        id
        at
        action
        actorName
        targetKind
        targetId
        outcome
        changedFields {
          field
        }
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

export type AuditEvent = ResultOf<typeof eventsQuery>['auditEvents']['nodes'][number];

export const eventQuery = graphql(`
  query Event($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on AuditEvent {
        at
        action
        actorName
        sessionId
        apiKeyId
        accountId
        clientAddress
        targetKind
        targetId
        outcome
        changes
        changedFields {
          field
          before
          after
        }
        jobId
        traceId
        seq
      }
    }
  }
`);

type AnsweredNode = NonNullable<ResultOf<typeof eventQuery>['node']>;
export type AuditEventDetails = Extract<AnsweredNode, { __typename: 'AuditEvent' }>;
