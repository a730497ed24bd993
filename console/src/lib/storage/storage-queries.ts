import { graphql, type ResultOf } from '../api/graphql.ts';
import { poolFields } from './fragments.ts';

export const storagePoolsQuery = graphql(
  `
    query StoragePools(
      $first: Int
      $after: Cursor
      $last: Int
      $before: Cursor
      $search: String
      $filter: StoragePoolFilter
      $orderBy: StoragePoolOrder
    ) {
      storagePools(
        first: $first
        after: $after
        last: $last
        before: $before
        search: $search
        filter: $filter
        orderBy: $orderBy
      ) {
        nodes {
          ...PoolFields
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
  [poolFields],
);

export const poolPageQuery = graphql(
  `
    query StoragePoolPage($id: ID!) {
      node(id: $id) {
        __typename
        id
        ...PoolFields
      }
    }
  `,
  [poolFields],
);

export const updatePoolMutation = graphql(
  `
    mutation UpdateStoragePool($input: UpdateStoragePoolInput!) {
      updateStoragePool(input: $input) {
        storagePool {
          ...PoolFields
        }
      }
    }
  `,
  [poolFields],
);

export const imageStoresQuery = graphql(`
  query ImageStores(
    $first: Int
    $after: Cursor
    $last: Int
    $before: Cursor
    $search: String
    $filter: ImageStoreFilter
    $orderBy: ImageStoreOrder
  ) {
    imageStores(
      first: $first
      after: $after
      last: $last
      before: $before
      search: $search
      filter: $filter
      orderBy: $orderBy
    ) {
      nodes {
        id
        name
        version
        state
        path
        createdAt
        total
        used
        zone {
          id
          name
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
`);

export type ImageStore = ResultOf<typeof imageStoresQuery>['imageStores']['nodes'][number];
