import { graphql } from '../../api/graphql.ts';
import { adjustmentFields } from './fragments.ts';

export const adjustmentsQuery = graphql(
  `
    query PriceAdjustmentList(
      $first: Int
      $after: Cursor
      $last: Int
      $before: Cursor
      $search: String
      $filter: PriceAdjustmentFilter
      $orderBy: PriceAdjustmentOrder
    ) {
      priceAdjustments(
        first: $first
        after: $after
        last: $last
        before: $before
        search: $search
        filter: $filter
        orderBy: $orderBy
      ) {
        nodes {
          ...PriceAdjustmentFields
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
  [adjustmentFields],
);

export const adjustmentQuery = graphql(
  `
    query OnePriceAdjustment($id: ID!) {
      node(id: $id) {
        __typename
        id
        ...PriceAdjustmentFields
      }
    }
  `,
  [adjustmentFields],
);

export const createAdjustmentMutation = graphql(
  `
    mutation CreatePriceAdjustment($input: CreatePriceAdjustmentInput!) {
      createPriceAdjustment(input: $input) {
        priceAdjustment {
          ...PriceAdjustmentFields
        }
      }
    }
  `,
  [adjustmentFields],
);

export const updateAdjustmentMutation = graphql(
  `
    mutation UpdatePriceAdjustment($input: UpdatePriceAdjustmentInput!) {
      updatePriceAdjustment(input: $input) {
        priceAdjustment {
          ...PriceAdjustmentFields
        }
      }
    }
  `,
  [adjustmentFields],
);
