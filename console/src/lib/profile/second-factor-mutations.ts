import { graphql } from '../api/graphql.ts';

export const beginSecondFactorMutation = graphql(`
  mutation BeginSecondFactor($input: BeginSecondFactorInput!) {
    beginSecondFactor(input: $input) {
      secret
      uri
    }
  }
`);

export const confirmSecondFactorMutation = graphql(`
  mutation ConfirmSecondFactor($input: ConfirmSecondFactorInput!) {
    confirmSecondFactor(input: $input) {
      recoveryCodes
    }
  }
`);

export const removeSecondFactorMutation = graphql(`
  mutation RemoveSecondFactor($input: ProveSecondFactorInput!) {
    removeSecondFactor(input: $input) {
      username
    }
  }
`);

export const renewRecoveryCodesMutation = graphql(`
  mutation RenewRecoveryCodes($input: ProveSecondFactorInput!) {
    renewRecoveryCodes(input: $input) {
      recoveryCodes
    }
  }
`);
