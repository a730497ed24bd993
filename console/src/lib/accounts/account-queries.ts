import { graphql } from '../api/graphql.ts';
import { accountFields } from './fragments.ts';

export const accountsQuery = graphql(
  `
    query Accounts(
      $first: Int
      $after: Cursor
      $last: Int
      $before: Cursor
      $search: String
      $filter: AccountFilter
      $orderBy: AccountOrder
    ) {
      accounts(
        first: $first
        after: $after
        last: $last
        before: $before
        search: $search
        filter: $filter
        orderBy: $orderBy
      ) {
        nodes {
          ...AccountFields
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
  [accountFields],
);

export const accountQuery = graphql(
  `
    query Account($id: ID!) {
      account(id: $id) {
        ...AccountFields
      }
    }
  `,
  [accountFields],
);

/** For choosing one: those whose name has a text in it. */
export const findAccountsQuery = graphql(`
  query FindAccounts($search: String, $isProject: Boolean) {
    accounts(
      first: 50
      search: $search
      filter: { isProject: $isProject }
      orderBy: { field: NAME, direction: ASC }
    ) {
      nodes {
        id
        name
        domain {
          id
          path
        }
      }
    }
  }
`);

/** How much there is of what an account's page leads to. */
export const accountCountsQuery = graphql(`
  query AccountCounts($id: ID!) {
    users(first: 1, accountId: $id) {
      totalCount
    }
    virtualMachines(first: 1, accountId: $id) {
      totalCount
    }
  }
`);

export const planDeleteAccountQuery = graphql(`
  query PlanDeleteAccount($id: ID!) {
    plan: planDeleteAccount(id: $id) {
      accountCount
      subdomainCount
      projectCount
      userCount
      apiKeyCount
      identityProviderCount
      virtualMachineCount
      volumeCount
      templateCount
      isoCount
      virtualMachineNames
    }
  }
`);
