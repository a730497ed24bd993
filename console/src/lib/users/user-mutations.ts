import { graphql } from '../api/graphql.ts';
import { userFields } from './fragments.ts';

export const createUserMutation = graphql(
  `
    mutation CreateUser($input: CreateUserInput!) {
      createUser(input: $input) {
        user {
          ...UserFields
        }
        setupToken
      }
    }
  `,
  [userFields],
);

export const updateUserMutation = graphql(
  `
    mutation UpdateUser($input: UpdateUserInput!) {
      updateUser(input: $input) {
        user {
          ...UserFields
        }
      }
    }
  `,
  [userFields],
);

const lockMutation = graphql(
  `
    mutation LockUser($input: UserInput!) {
      lockUser(input: $input) {
        user {
          ...UserFields
        }
      }
    }
  `,
  [userFields],
);

const disableMutation = graphql(
  `
    mutation DisableUser($input: UserInput!) {
      disableUser(input: $input) {
        user {
          ...UserFields
        }
      }
    }
  `,
  [userFields],
);

const enableMutation = graphql(
  `
    mutation EnableUser($input: UserInput!) {
      enableUser(input: $input) {
        user {
          ...UserFields
        }
      }
    }
  `,
  [userFields],
);

const resetSecondFactorMutation = graphql(
  `
    mutation ResetSecondFactor($input: UserInput!) {
      resetSecondFactor(input: $input) {
        user {
          ...UserFields
        }
      }
    }
  `,
  [userFields],
);

const deleteMutation = graphql(`
  mutation DeleteUser($input: UserInput!) {
    deleteUser(input: $input) {
      userId
    }
  }
`);

/** What is done to a user with no more than to say whom. */
export const plainUserMutations = {
  LOCK: lockMutation,
  DISABLE: disableMutation,
  ENABLE: enableMutation,
  RESET_SECOND_FACTOR: resetSecondFactorMutation,
  DELETE: deleteMutation,
};

export const resetPasswordMutation = graphql(
  `
    mutation ResetPassword($input: ResetPasswordInput!) {
      resetPassword(input: $input) {
        user {
          ...UserFields
        }
        setupToken
      }
    }
  `,
  [userFields],
);
