import { graphql } from '../api/graphql.ts';

export const changePasswordMutation = graphql(`
  mutation ChangePassword($input: ChangePasswordInput!) {
    changePassword(input: $input) {
      username
    }
  }
`);
