import { graphql, type ResultOf } from '../api/graphql.ts';

/**
 * Who one is, with all that a page needs before it can begin; everybody who is signed in may ask, whatever they have to
 * do first.
 */
export const viewerQuery = graphql(`
  query Viewer {
    viewer {
      permissions
      sessionId
      mustChangePassword
      mustEnrolSecondFactor
      changeCursor
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
      preferences {
        key
        value
      }
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

export type Viewer = NonNullable<ResultOf<typeof viewerQuery>['viewer']>;

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
