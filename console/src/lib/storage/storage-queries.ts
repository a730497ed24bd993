import { graphql } from '../api/graphql.ts';

export const storagePoolsQuery = graphql(`
  query StoragePools(
    $first: Int
    $after: Cursor
    $last: Int
    $before: Cursor
    $search: String
    $orderBy: StoragePoolOrder
  ) {
    storagePools(
      first: $first
      after: $after
      last: $last
      before: $before
      search: $search
      orderBy: $orderBy
    ) {
      nodes {
        id
        name
        version
        state
        type
        scope
        path
        createdAt
        capacity {
          allocated
          total
          used
        }
        zone {
          id
          name
        }
      }
      totalCount
      isTotalEstimated
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`);

export const imageStoresQuery = graphql(`
  query ImageStores(
    $first: Int
    $after: Cursor
    $last: Int
    $before: Cursor
    $search: String
    $orderBy: ImageStoreOrder
  ) {
    imageStores(
      first: $first
      after: $after
      last: $last
      before: $before
      search: $search
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
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`);
