import { graphql, type ResultOf } from '../api/graphql.ts';

export const networksQuery = graphql(`
  query GuestNetworks(
    $first: Int
    $after: Cursor
    $last: Int
    $before: Cursor
    $search: String
    $filter: GuestNetworkFilter
    $orderBy: GuestNetworkOrder
  ) {
    guestNetworks(
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

export type GuestNetwork = ResultOf<typeof networksQuery>['guestNetworks']['nodes'][number];

export const networkQuery = graphql(`
  query GuestNetwork($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on GuestNetwork {
        name
        version
        zone {
          id
          name
          networkDomain
          dns1
          dns2
        }
      }
    }
  }
`);

/** The addresses of networks, for those who run them. */
export const addressRangesQuery = graphql(`
  query AddressRanges($filter: GuestIpRangeFilter) {
    guestIpRanges(first: 500, filter: $filter) {
      nodes {
        id
        cidr
        gateway
        startIp
        endIp
        total
        used
        network {
          id
        }
      }
    }
  }
`);

export type AddressRange = ResultOf<typeof addressRangesQuery>['guestIpRanges']['nodes'][number];
