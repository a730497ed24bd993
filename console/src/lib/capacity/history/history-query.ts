import { graphql, type ResultOf } from '../../api/graphql.ts';

/** How one thing filled up, and where that leads. */
export const capacityHistoryQuery = graphql(`
  query CapacityHistory($scopeId: ID, $resource: CapacityResource!, $days: Int!) {
    capacityHistory(scopeId: $scopeId, resource: $resource, days: $days) {
      resource
      points {
        at
        amount
        total
      }
      forecast {
        resource
        outlook
        amount
        total
        thresholdPercent
        perDay
        daysUntilThreshold
        daysUntilFull
      }
    }
  }
`);

export type CapacityHistory = ResultOf<typeof capacityHistoryQuery>['capacityHistory'];
