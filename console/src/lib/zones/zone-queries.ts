import { graphql } from '../api/graphql.ts';
import { zoneFields } from './fragments.ts';

export const zonesQuery = graphql(
  `
    query Zones(
      $first: Int
      $after: Cursor
      $last: Int
      $before: Cursor
      $search: String
      $filter: ZoneFilter
      $orderBy: ZoneOrder
    ) {
      zones(
        first: $first
        after: $after
        last: $last
        before: $before
        search: $search
        filter: $filter
        orderBy: $orderBy
      ) {
        nodes {
          ...ZoneFields
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
  [zoneFields],
);

export const setZoneAllocationMutation = graphql(
  `
    mutation SetZoneAllocation($input: SetZoneAllocationInput!) {
      setZoneAllocation(input: $input) {
        zone {
          ...ZoneFields
        }
      }
    }
  `,
  [zoneFields],
);

/** For choosing one. */
export const zoneNamesQuery = graphql(`
  query ZoneNames {
    zones(first: 500, orderBy: { field: NAME }) {
      nodes {
        id
        name
        version
      }
    }
  }
`);
