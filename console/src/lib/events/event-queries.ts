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
        changes
        clientAddress
        jobId
        traceId
      }
      totalCount
      isTotalEstimated
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
