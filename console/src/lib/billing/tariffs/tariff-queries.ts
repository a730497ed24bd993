import { graphql, type ResultOf, type VariablesOf } from '../../api/graphql.ts';
import { tariffFields } from './fragments.ts';

export const tariffsQuery = graphql(
  `
    query TariffList(
      $first: Int
      $after: Cursor
      $last: Int
      $before: Cursor
      $search: String
      $filter: TariffFilter
      $orderBy: TariffOrder
    ) {
      tariffs(
        first: $first
        after: $after
        last: $last
        before: $before
        search: $search
        filter: $filter
        orderBy: $orderBy
      ) {
        nodes {
          ...TariffFields
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
  [tariffFields],
);

export const tariffQuery = graphql(
  `
    query OneTariff($id: ID!) {
      tariff(id: $id) {
        ...TariffFields
      }
    }
  `,
  [tariffFields],
);

export const createTariffMutation = graphql(
  `
    mutation CreateTariff($input: CreateTariffInput!) {
      createTariff(input: $input) {
        tariff {
          ...TariffFields
        }
      }
    }
  `,
  [tariffFields],
);

export const addTariffVersionMutation = graphql(
  `
    mutation AddTariffVersion($input: AddTariffVersionInput!) {
      addTariffVersion(input: $input) {
        tariff {
          ...TariffFields
        }
      }
    }
  `,
  [tariffFields],
);

export const updateTariffMutation = graphql(
  `
    mutation UpdateTariff($input: UpdateTariffInput!) {
      updateTariff(input: $input) {
        tariff {
          ...TariffFields
        }
      }
    }
  `,
  [tariffFields],
);

export const removeTariffMutation = graphql(
  `
    mutation RemoveTariff($input: RemoveTariffInput!) {
      removeTariff(input: $input) {
        tariff {
          ...TariffFields
        }
      }
    }
  `,
  [tariffFields],
);

export const tariffPreviewQuery = graphql(`
  query TariffPreview($input: TariffPreviewInput!) {
    tariffPreview(input: $input) {
      month
      accountCount
      totals {
        currency
        before
        after
      }
      accounts {
        accountId
        currency
        before
        after
        account {
          id
          name
        }
      }
    }
  }
`);

export const conditionProblemQuery = graphql(`
  query TariffConditionProblem($condition: String!) {
    tariffConditionProblem(condition: $condition)
  }
`);

/** What may be named in a scope; few enough to be chosen from a list. */
export const scopeChoicesQuery = graphql(`
  query TariffScopeChoices {
    zones(first: 500, orderBy: { field: NAME }) {
      nodes {
        id
        name
      }
    }
    serviceOfferings(first: 500, orderBy: { field: NAME }) {
      nodes {
        id
        name
      }
    }
    diskOfferings(first: 500, orderBy: { field: NAME }) {
      nodes {
        id
        name
      }
    }
  }
`);

export type TariffPreview = ResultOf<typeof tariffPreviewQuery>['tariffPreview'];
export type TariffPreviewInput = VariablesOf<typeof tariffPreviewQuery>['input'];
