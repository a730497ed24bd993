import { graphql, type ResultOf } from '../api/graphql.ts';
import { roleFields } from './fragments.ts';

export const rolesQuery = graphql(
  `
    query Roles(
      $first: Int
      $after: Cursor
      $last: Int
      $before: Cursor
      $search: String
      $filter: RoleFilter
      $orderBy: RoleOrder
    ) {
      roles(
        first: $first
        after: $after
        last: $last
        before: $before
        search: $search
        filter: $filter
        orderBy: $orderBy
      ) {
        nodes {
          ...RoleFields
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
  [roleFields],
);

export const roleQuery = graphql(
  `
    query Role($id: ID!) {
      role(id: $id) {
        ...RoleFields
      }
    }
  `,
  [roleFields],
);

/** Everything that can be allowed. */
export const permissionsQuery = graphql(`
  query Permissions {
    permissions {
      resource
      permissions
    }
  }
`);

export type PermissionFamily = ResultOf<typeof permissionsQuery>['permissions'][number];

/** For giving one to an account. */
export const roleChoicesQuery = graphql(`
  query RoleChoices {
    roles(first: 500, orderBy: { field: NAME, direction: ASC }) {
      nodes {
        id
        name
        accountType
        isBuiltIn
      }
    }
  }
`);
