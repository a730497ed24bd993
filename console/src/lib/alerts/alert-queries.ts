import { graphql, type ResultOf, type VariablesOf } from '../api/graphql.ts';

const alertFields = graphql(`
  fragment AlertFields on Alert {
    id
    version
    kind
    severity
    message
    targetKind
    targetId
    targetName
    openedAt
    clearedAt
    acknowledgedAt
    acknowledgedBy
    isAcknowledgeable
    facts {
      name
      value
    }
    zone {
      id
      name
    }
  }
`);

export const alertsQuery = graphql(
  `
    query Alerts(
      $first: Int
      $after: Cursor
      $last: Int
      $before: Cursor
      $search: String
      $filter: AlertFilter
      $orderBy: AlertOrder
    ) {
      alerts(
        first: $first
        after: $after
        last: $last
        before: $before
        search: $search
        filter: $filter
        orderBy: $orderBy
      ) {
        nodes {
          ...AlertFields
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
  [alertFields],
);

/** For the bell. */
export const alertCountsQuery = graphql(`
  query AlertCounts {
    alertCounts {
      open
      critical
      unacknowledged
    }
  }
`);

export const acknowledgeMutation = graphql(
  `
    mutation AcknowledgeAlerts($input: AcknowledgeAlertsInput!) {
      acknowledgeAlerts(input: $input) {
        alerts {
          ...AlertFields
        }
      }
    }
  `,
  [alertFields],
);

export type Alert = ResultOf<typeof alertsQuery>['alerts']['nodes'][number];
export type AlertFilter = NonNullable<VariablesOf<typeof alertsQuery>['filter']>;
