import { graphql, type FragmentOf } from '../../api/graphql.ts';

const policyFields = graphql(`
  fragment QuotaPolicyFields on QuotaPolicy {
    id
    isEnforced
    alertBelow
    graceAfterHours
    stopAfterHours
    lockAfterHours
    version
    account {
      id
      name
    }
    domain {
      id
      path
    }
  }
`);

export const policiesQuery = graphql(
  `
    query QuotaPolicies(
      $first: Int
      $after: Cursor
      $last: Int
      $before: Cursor
      $search: String
      $orderBy: QuotaPolicyOrder
    ) {
      quotaPolicies(
        first: $first
        after: $after
        last: $last
        before: $before
        search: $search
        orderBy: $orderBy
      ) {
        nodes {
          ...QuotaPolicyFields
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
  [policyFields],
);

/** The policy of an account, or of a domain, by its id. */
export const ownerPolicyQuery = graphql(
  `
    query QuotaPolicyOf($ownerId: String!) {
      quotaPolicies(first: 1, search: $ownerId) {
        nodes {
          ...QuotaPolicyFields
        }
      }
    }
  `,
  [policyFields],
);

export const setPolicyMutation = graphql(
  `
    mutation SetQuotaPolicy($input: SetQuotaPolicyInput!) {
      setQuotaPolicy(input: $input) {
        policy {
          ...QuotaPolicyFields
        }
      }
    }
  `,
  [policyFields],
);

export const removePolicyMutation = graphql(`
  mutation RemoveQuotaPolicy($id: ID!) {
    removeQuotaPolicy(id: $id) {
      id
    }
  }
`);

export type QuotaPolicy = FragmentOf<typeof policyFields>;
