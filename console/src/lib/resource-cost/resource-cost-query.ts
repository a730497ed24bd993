import { graphql, type ResultOf } from '../api/graphql.ts';

/** What some things cost within a time: each by what is metered of it, and all of them day by day. */
export const resourceCostQuery = graphql(`
  query ResourceCost($from: DateTime!, $until: DateTime!, $accountId: ID, $resourceIds: [ID!]!) {
    parts: costs(
      from: $from
      until: $until
      accountId: $accountId
      resourceIds: $resourceIds
      groupBy: [RESOURCE, TYPE]
    ) {
      resourceId
      resourceName
      usageType
      currency
      amount
    }
    days: costs(
      from: $from
      until: $until
      accountId: $accountId
      resourceIds: $resourceIds
      groupBy: [DAY]
    ) {
      day
      currency
      amount
    }
  }
`);

export type CostPart = ResultOf<typeof resourceCostQuery>['parts'][number];
