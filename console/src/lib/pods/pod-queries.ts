import { graphql, type ResultOf } from '../api/graphql.ts';

export const podsQuery = graphql(`
  query Pods(
    $first: Int
    $after: Cursor
    $last: Int
    $before: Cursor
    $search: String
    $filter: PodFilter
    $orderBy: PodOrder
  ) {
    pods(
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
        cidr
        gateway
        reservedStart
        reservedEnd
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

export const podPageQuery = graphql(`
  query PodPage($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on Pod {
        name
        version
        cidr
        gateway
        reservedStart
        reservedEnd
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
        zone {
          id
          name
        }
      }
    }
    guestIpRanges(first: 100, filter: { podId: $id }) {
      nodes {
        id
        startIp
        endIp
        total
        used
        network {
          id
          name
        }
      }
    }
  }
`);

export type Pod = ResultOf<typeof podsQuery>['pods']['nodes'][number];
