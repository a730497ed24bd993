import { graphql, type ResultOf } from '../../api/graphql.ts';

export const noticesQuery = graphql(`
  query Notices(
    $first: Int
    $after: Cursor
    $last: Int
    $before: Cursor
    $search: String
    $accountId: ID
    $orderBy: NoticeOrder
    $filter: NoticeFilter
  ) {
    notices(
      first: $first
      after: $after
      last: $last
      before: $before
      search: $search
      accountId: $accountId
      orderBy: $orderBy
      filter: $filter
    ) {
      nodes {
        id
        accountId
        kind
        channel
        recipient
        subject
        state
        attempt
        problem
        sentAt
        version
        createdAt
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

export type Notice = ResultOf<typeof noticesQuery>['notices']['nodes'][number];
