import { graphql } from '../api/graphql.ts';
import { roleFields } from './fragments.ts';

export const createRoleMutation = graphql(
  `
    mutation CreateRole($input: CreateRoleInput!) {
      createRole(input: $input) {
        role {
          ...RoleFields
        }
      }
    }
  `,
  [roleFields],
);

export const updateRoleMutation = graphql(
  `
    mutation UpdateRole($input: UpdateRoleInput!) {
      updateRole(input: $input) {
        role {
          ...RoleFields
        }
      }
    }
  `,
  [roleFields],
);

export const deleteRoleMutation = graphql(`
  mutation DeleteRole($input: DeleteRoleInput!) {
    deleteRole(input: $input) {
      roleId
    }
  }
`);
