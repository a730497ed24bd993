import { graphql } from '../api/graphql.ts';
import { jobFields } from '../jobs/fragments.ts';
import { accountFields } from './fragments.ts';

export const createAccountMutation = graphql(
  `
    mutation CreateAccount($input: CreateAccountInput!) {
      createAccount(input: $input) {
        account {
          ...AccountFields
        }
        setupToken
      }
    }
  `,
  [accountFields],
);

export const updateAccountMutation = graphql(
  `
    mutation UpdateAccount($input: UpdateAccountInput!) {
      updateAccount(input: $input) {
        account {
          ...AccountFields
        }
      }
    }
  `,
  [accountFields],
);

const lockMutation = graphql(
  `
    mutation LockAccount($input: AccountInput!) {
      lockAccount(input: $input) {
        account {
          ...AccountFields
        }
      }
    }
  `,
  [accountFields],
);

const disableMutation = graphql(
  `
    mutation DisableAccount($input: AccountInput!) {
      disableAccount(input: $input) {
        account {
          ...AccountFields
        }
        job {
          ...JobFields
        }
      }
    }
  `,
  [accountFields, jobFields],
);

const enableMutation = graphql(
  `
    mutation EnableAccount($input: AccountInput!) {
      enableAccount(input: $input) {
        account {
          ...AccountFields
        }
      }
    }
  `,
  [accountFields],
);

/** What is done to an account with no more than to say which. */
export const plainAccountMutations = {
  LOCK: lockMutation,
  DISABLE: disableMutation,
  ENABLE: enableMutation,
};

export const deleteAccountMutation = graphql(
  `
    mutation DeleteAccount($input: DeleteAccountInput!) {
      deleteAccount(input: $input) {
        account {
          ...AccountFields
        }
        job {
          ...JobFields
        }
      }
    }
  `,
  [accountFields, jobFields],
);
