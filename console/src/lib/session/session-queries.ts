import { graphql, type ResultOf } from '../api/graphql.ts';

/** Who one is; everybody who is signed in may ask, whatever they have to do first. */
export const viewerQuery = graphql(`
  query Viewer {
    viewer {
      permissions
      sessionId
      mustChangePassword
      mustEnrolSecondFactor
      user {
        id
        username
        displayName
        email
        isExternal
      }
    }
  }
`);

export const ownAccountQuery = graphql(`
  query OwnAccount {
    viewer {
      user {
        id
        account {
          id
          name
          type
          role {
            id
            name
            isBuiltIn
          }
          domain {
            id
            name
            path
          }
        }
      }
    }
  }
`);

type AnsweredViewer = NonNullable<ResultOf<typeof viewerQuery>['viewer']>;
export type OwnAccount = NonNullable<ResultOf<typeof ownAccountQuery>['viewer']>['user']['account'];

export type Viewer = Omit<AnsweredViewer, 'user'> & {
  /** Their account is not known to those whose role does not show it. */
  user: AnsweredViewer['user'] & { account: OwnAccount | null };
};

export const signInProvidersQuery = graphql(`
  query SignInProviders($domain: String!) {
    signInProviders(domain: $domain) {
      openIdConnect {
        id
        name
      }
    }
  }
`);

export const signInMutation = graphql(`
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) {
      sessionId
      challenge
    }
  }
`);

export const completeSignInMutation = graphql(`
  mutation CompleteSignIn($input: CompleteSignInInput!) {
    completeSignIn(input: $input) {
      sessionId
    }
  }
`);

export const useSetupLinkMutation = graphql(`
  mutation UseSetupLink($input: UseSetupLinkInput!) {
    useSetupLink(input: $input) {
      sessionId
      challenge
    }
  }
`);

export const endSessionMutation = graphql(`
  mutation EndSession($input: EndSessionInput!) {
    endSession(input: $input) {
      sessionId
    }
  }
`);

export const changePasswordMutation = graphql(`
  mutation ChangePassword($input: ChangePasswordInput!) {
    changePassword(input: $input) {
      username
    }
  }
`);
