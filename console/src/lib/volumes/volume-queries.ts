import { graphql } from '../api/graphql.ts';
import { volumeFields } from './fragments.ts';

export const volumesQuery = graphql(
  `
    query Volumes(
      $first: Int
      $after: Cursor
      $last: Int
      $before: Cursor
      $search: String
      $accountId: ID
      $filter: VolumeFilter
      $orderBy: VolumeOrder
    ) {
      volumes(
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
          ...VolumeFields
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
  [volumeFields],
);

export const volumeQuery = graphql(
  `
    query Volume($id: ID!) {
      node(id: $id) {
        __typename
        id
        ...VolumeFields
      }
    }
  `,
  [volumeFields],
);
