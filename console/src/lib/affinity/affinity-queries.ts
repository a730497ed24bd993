import { graphql, type ResultOf } from '../api/graphql.ts';

export const affinityGroupsQuery = graphql(`
  query AffinityGroups(
    $first: Int
    $after: Cursor
    $last: Int
    $before: Cursor
    $search: String
    $filter: AffinityGroupFilter
    $orderBy: AffinityGroupOrder
    $accountId: ID
  ) {
    affinityGroups(
      first: $first
      after: $after
      last: $last
      before: $before
      search: $search
      filter: $filter
      orderBy: $orderBy
      accountId: $accountId
    ) {
      nodes {
        id
        name
        description
        kind
        enforcement
        createdAt
        version
        account {
          id
          name
        }
        virtualMachines {
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

export type AffinityGroup = ResultOf<typeof affinityGroupsQuery>['affinityGroups']['nodes'][number];

export const createAffinityGroupMutation = graphql(`
  mutation CreateAffinityGroup($input: CreateAffinityGroupInput!) {
    createAffinityGroup(input: $input) {
      affinityGroup {
        id
        name
      }
    }
  }
`);

export const deleteAffinityGroupMutation = graphql(`
  mutation DeleteAffinityGroup($input: DeleteAffinityGroupInput!) {
    deleteAffinityGroup(input: $input) {
      affinityGroupId
    }
  }
`);

/** One group, with its members as they are now. */
export const affinityGroupQuery = graphql(`
  query AffinityGroup($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on AffinityGroup {
        name
        description
        kind
        enforcement
        createdAt
        version
        account {
          id
          name
        }
        virtualMachines {
          id
          name
          host {
            id
            name
          }
        }
      }
    }
  }
`);

export type AffinityGroupDetails = Extract<
  NonNullable<ResultOf<typeof affinityGroupQuery>['node']>,
  { __typename: 'AffinityGroup' }
>;

export const updateAffinityGroupMutation = graphql(`
  mutation UpdateAffinityGroup($input: UpdateAffinityGroupInput!) {
    updateAffinityGroup(input: $input) {
      affinityGroup {
        id
        name
        description
        version
      }
    }
  }
`);
