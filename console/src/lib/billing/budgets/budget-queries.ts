import { graphql, type FragmentOf } from '../../api/graphql.ts';

export const budgetFields = graphql(`
  fragment BudgetFields on Budget {
    id
    name
    tagKey
    tagValue
    currency
    amount
    actualPercents
    forecastPercents
    version
    account {
      id
      name
    }
    domain {
      id
      path
    }
    progress {
      month
      monthEndsAt
      asOf
      amount
      forecast
      percent
      forecastPercent
      alerts {
        measure
        percent
        at
      }
    }
  }
`);

export const budgetsQuery = graphql(
  `
    query Budgets(
      $first: Int
      $after: Cursor
      $last: Int
      $before: Cursor
      $search: String
      $accountId: ID
      $filter: BudgetFilter
      $orderBy: BudgetOrder
    ) {
      budgets(
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
          ...BudgetFields
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
  [budgetFields],
);

export const budgetQuery = graphql(
  `
    query OneBudget($id: ID!) {
      node(id: $id) {
        __typename
        id
        ...BudgetFields
      }
    }
  `,
  [budgetFields],
);

export const createBudgetMutation = graphql(
  `
    mutation CreateBudget($input: CreateBudgetInput!) {
      createBudget(input: $input) {
        budget {
          ...BudgetFields
        }
      }
    }
  `,
  [budgetFields],
);

export const updateBudgetMutation = graphql(
  `
    mutation UpdateBudget($input: UpdateBudgetInput!) {
      updateBudget(input: $input) {
        budget {
          ...BudgetFields
        }
      }
    }
  `,
  [budgetFields],
);

export const deleteBudgetMutation = graphql(`
  mutation DeleteBudget($input: DeleteBudgetInput!) {
    deleteBudget(input: $input) {
      budgetId
    }
  }
`);

export type Budget = FragmentOf<typeof budgetFields>;
