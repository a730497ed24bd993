import { graphql, type ResultOf } from '../api/graphql.ts';

export const agentsQuery = graphql(`
  query Agents(
    $first: Int
    $after: Cursor
    $last: Int
    $before: Cursor
    $search: String
    $filter: AgentFilter
    $orderBy: AgentOrder
  ) {
    agents(
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
        kind
        isConnected
        connectedSince
        driver
        softwareVersion
        certificateUntil
        revokedAt
        createdAt
        host {
          id
          name
          linkState
          linkStateSince
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

export type Agent = ResultOf<typeof agentsQuery>['agents']['nodes'][number];
