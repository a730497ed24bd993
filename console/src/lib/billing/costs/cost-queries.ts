import { graphql, type ResultOf, type VariablesOf } from '../../api/graphql.ts';

/** What this month costs, so far and at its end. */
export const costOverviewQuery = graphql(`
  query CostOverview($accountId: ID) {
    costOverview(accountId: $accountId) {
      month
      startsAt
      endsAt
      timeZone
      at
      asOf
      currencies {
        currency
        amount
        perHour
        forecast
        lastMonth
      }
    }
  }
`);

/** What a month is made of. */
export const costSharesQuery = graphql(`
  query CostShares(
    $by: CostDivision!
    $month: String
    $tagKey: String
    $accountId: ID
    $usageType: Int
    $zoneId: ID
  ) {
    costShares(
      by: $by
      month: $month
      tagKey: $tagKey
      accountId: $accountId
      usageType: $usageType
      zoneId: $zoneId
      first: 50
    ) {
      key
      name
      isRest
      currency
      amount
      perHour
      lastMonth
      days {
        day
        amount
      }
    }
  }
`);

export type CostOverview = ResultOf<typeof costOverviewQuery>['costOverview'];
export type CurrencyCosts = CostOverview['currencies'][number];
export type CostShare = ResultOf<typeof costSharesQuery>['costShares'][number];
export type CostDivision = VariablesOf<typeof costSharesQuery>['by'];
