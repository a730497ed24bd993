import { graphql, type ResultOf } from '../api/graphql.ts';

export const clustersQuery = graphql(`
  query Clusters(
    $first: Int
    $after: Cursor
    $last: Int
    $before: Cursor
    $search: String
    $filter: ClusterFilter
    $orderBy: ClusterOrder
  ) {
    clusters(
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
        hypervisor
        allocationState
        cpuOvercommit
        memoryOvercommit
        createdAt
        isDedicated
        dedicatedAccount {
          id
          name
        }
        dedicatedDomain {
          id
          path
        }
        pod {
          id
          name
        }
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

export const clusterPageQuery = graphql(`
  query ClusterPage($id: ID!) {
    node(id: $id) {
      __typename
      ... on Cluster {
        id
        name
        version
        hypervisor
        allocationState
        cpuOvercommit
        memoryOvercommit
        createdAt
        isDedicated
        dedicatedAccount {
          id
          name
        }
        dedicatedDomain {
          id
          path
        }
        pod {
          id
          name
        }
        zone {
          id
          name
        }
      }
    }
  }
`);

export type Cluster = ResultOf<typeof clustersQuery>['clusters']['nodes'][number];
