import { graphql, type FragmentOf, type ResultOf } from '../../api/graphql.ts';

const termFields = graphql(`
  fragment PrepaidTermFields on PrepaidTerm {
    id
    accountId
    virtualMachineId
    virtualMachineName
    months
    startsAt
    endsAt
    currency
    monthPrice
    discountPercent
    price
    renewsAutomatically
    renewalProblem
    endedAt
    refund
    version
    covers {
      usageType
      resourceId
      resourceName
      cpuCount
      memory
      size
    }
  }
`);

export const machineTermsQuery = graphql(
  `
    query MachineTerms($virtualMachineId: ID!) {
      prepaidTerms(
        first: 10
        filter: { virtualMachineId: $virtualMachineId, isOver: false }
        orderBy: { field: ENDS_AT }
      ) {
        nodes {
          ...PrepaidTermFields
        }
      }
    }
  `,
  [termFields],
);

export const termsQuery = graphql(
  `
    query PrepaidTerms(
      $first: Int
      $after: Cursor
      $last: Int
      $before: Cursor
      $search: String
      $accountId: ID
      $orderBy: PrepaidTermOrder
      $filter: PrepaidTermFilter
    ) {
      prepaidTerms(
        first: $first
        after: $after
        last: $last
        before: $before
        search: $search
        accountId: $accountId
        orderBy: $orderBy
        filter: $filter
      ) {
        nodes {
          ...PrepaidTermFields
          account {
            id
            name
          }
          virtualMachine {
            id
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
  `,
  [termFields],
);

export const prepaidOffersQuery = graphql(`
  query PrepaidOffers($virtualMachineId: ID!) {
    prepaidOffers(virtualMachineId: $virtualMachineId) {
      currency
      months
      monthPrice
      discountPercent
      price
      startsAt
      endsAt
    }
  }
`);

export const prepayMutation = graphql(
  `
    mutation PrepayVirtualMachine($input: PrepayVirtualMachineInput!) {
      prepayVirtualMachine(input: $input) {
        prepaidTerm {
          ...PrepaidTermFields
        }
      }
    }
  `,
  [termFields],
);

export const updateTermMutation = graphql(
  `
    mutation UpdatePrepaidTerm($input: UpdatePrepaidTermInput!) {
      updatePrepaidTerm(input: $input) {
        prepaidTerm {
          ...PrepaidTermFields
        }
      }
    }
  `,
  [termFields],
);

export const endTermMutation = graphql(
  `
    mutation EndPrepaidTerm($input: EndPrepaidTermInput!) {
      endPrepaidTerm(input: $input) {
        prepaidTerm {
          ...PrepaidTermFields
        }
      }
    }
  `,
  [termFields],
);

export type PrepaidTerm = FragmentOf<typeof termFields>;
export type PrepaidOffer = ResultOf<typeof prepaidOffersQuery>['prepaidOffers'][number];

/** A term as the list of them has it. */
export type ListedTerm = ResultOf<typeof termsQuery>['prepaidTerms']['nodes'][number];
