import { graphql, type ResultOf } from '../api/graphql.ts';

export const usageQuery = graphql(`
  query UsageRecords(
    $first: Int
    $after: Cursor
    $last: Int
    $before: Cursor
    $search: String
    $accountId: ID
    $filter: UsageRecordFilter
    $orderBy: UsageRecordOrder
  ) {
    usageRecords(
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
        id
        usageType
        resourceId
        resourceName
        startedAt
        endedAt
        quantity
        correctsPeriod
        cpuCount
        memory
        size
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

export type UsageRecord = ResultOf<typeof usageQuery>['usageRecords']['nodes'][number];
