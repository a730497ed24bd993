import { graphql, type ResultOf } from '../api/graphql.ts';

export const physicalNetworksQuery = graphql(`
  query PhysicalNetworks(
    $first: Int
    $after: Cursor
    $last: Int
    $before: Cursor
    $search: String
    $filter: PhysicalNetworkFilter
    $orderBy: PhysicalNetworkOrder
  ) {
    physicalNetworks(
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
        traffic {
          type
          label
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

export const guestNetworksQuery = graphql(`
  query ZoneGuestNetworks(
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
        physicalNetwork {
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

export const guestRangesQuery = graphql(`
  query GuestRanges(
    $first: Int
    $after: Cursor
    $last: Int
    $before: Cursor
    $search: String
    $filter: GuestIpRangeFilter
    $orderBy: GuestIpRangeOrder
  ) {
    guestIpRanges(
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
        cidr
        gateway
        startIp
        endIp
        total
        used
        network {
          id
          name
          zone {
            id
            name
          }
        }
        pod {
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

export type PhysicalNetwork = ResultOf<typeof physicalNetworksQuery>['physicalNetworks']['nodes'][number];
export type GuestNetwork = ResultOf<typeof guestNetworksQuery>['guestNetworks']['nodes'][number];
export type GuestRange = ResultOf<typeof guestRangesQuery>['guestIpRanges']['nodes'][number];
