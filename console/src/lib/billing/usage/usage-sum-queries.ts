import { graphql, type ResultOf, type VariablesOf } from '../../api/graphql.ts';

/** Where the days are that usage is summed up by. */
export const usageTimeZoneQuery = graphql(`
  query UsageTimeZone {
    usageTimeZone
  }
`);

/** What was used within a time: by type, and a type by groups and days. */
export const usageSumsQuery = graphql(`
  query UsageSums(
    $from: DateTime!
    $until: DateTime!
    $groupBy: [UsageGrouping!]!
    $tagKey: String
    $accountId: ID
    $zoneId: ID
    $usageType: Int
    $first: Int
  ) {
    usageSums(
      from: $from
      until: $until
      groupBy: $groupBy
      tagKey: $tagKey
      accountId: $accountId
      zoneId: $zoneId
      usageType: $usageType
      first: $first
    ) {
      usageType
      resourceId
      resourceName
      day
      tagValue
      accountId
      account {
        id
        name
      }
      zoneId
      zone {
        id
        name
      }
      isRest
      resourceCount
      quantity
      cpuQuantity
      memoryQuantity
      sizeQuantity
    }
  }
`);

/** Periods, with what their checks found. */
export const usagePeriodsQuery = graphql(`
  query UsagePeriods(
    $first: Int
    $after: Cursor
    $last: Int
    $before: Cursor
    $search: String
    $orderBy: UsagePeriodOrder
  ) {
    usagePeriods(
      first: $first
      after: $after
      last: $last
      before: $before
      search: $search
      orderBy: $orderBy
    ) {
      nodes {
        id
        startsAt
        endsAt
        closedAt
        eventCount
        lateEventCount
        recordCount
        correctionCount
        findings {
          check
          count
          examples {
            usageType
            resourceId
            at
          }
        }
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

export type UsageSum = ResultOf<typeof usageSumsQuery>['usageSums'][number];
export type UsageGrouping = VariablesOf<typeof usageSumsQuery>['groupBy'][number];
export type UsagePeriod = ResultOf<typeof usagePeriodsQuery>['usagePeriods']['nodes'][number];
export type UsageFinding = UsagePeriod['findings'][number];
