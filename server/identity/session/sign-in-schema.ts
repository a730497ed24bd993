import { builder } from '../../graphql/builder.ts';
import type { RequestContext } from '../../graphql/context.ts';
import type { SignInResult } from './sign-in-service.ts';

const SignInInput = builder.inputType('SignInInput', {
  description: 'Name and password.',
  fields: (t) => ({
    username: t.string({ description: 'User name.' }),
    password: t.string({ description: 'Password.' }),
    domain: t.string({
      required: false,
      description:
        'Path of your domain, `/region/customer`, where it has a directory of its own; only then is that directory asked for users that are not known yet.',
    }),
  }),
});

const SignInPayload = builder.objectRef<SignInResult>('SignInPayload').implement({
  description:
    'A session began, or a second factor is asked for: exactly one of `sessionId` and `challenge` is there.',
  fields: (t) => ({
    username: t.exposeString('username', { description: 'User name that you signed in with.' }),
    sessionId: t.id({
      nullable: true,
      description:
        'Your new session, whose secret is in the cookie; null while a second factor is asked for.',
      resolve: ({ session }) => session?.actor.sessionId ?? null,
    }),
    challenge: t.string({
      nullable: true,
      description: 'To be given to completeSignIn with a code; null when the session began.',
      resolve: ({ challenge }) => challenge?.secret ?? null,
    }),
    challengeExpiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Until when the code is waited for.',
      resolve: ({ challenge }) => challenge?.expiresAt ?? null,
    }),
  }),
});

/** The cookie comes with the session, never before. */
function entering(result: SignInResult, { setSessionCookie }: RequestContext): SignInResult {
  if (result.session !== null) setSessionCookie(result.session);
  return result;
}

builder.mutationField('signIn', (t) =>
  t.field({
    type: SignInPayload,
    permission: 'public',
    description:
      'Begins a session, kept in a cookie, or asks for the second factor. Errors: UNAUTHENTICATED, RATE_LIMITED after too many failures.',
    args: { input: t.arg({ type: SignInInput, description: 'Name and password.' }) },
    resolve: async (_parent, { input }, context) =>
      entering(await context.services.signIn.signIn(input, context.client), context),
  }),
);

const CompleteSignInInput = builder.inputType('CompleteSignInInput', {
  description: 'The second factor.',
  fields: (t) => ({
    challenge: t.string({ description: 'What signIn gave; good for five minutes and five wrong codes.' }),
    code: t.string({ description: 'A code of the authenticator app, or a recovery code.' }),
  }),
});

builder.mutationField('completeSignIn', (t) =>
  t.field({
    type: SignInPayload,
    permission: 'public',
    description:
      'Shows the second factor and begins the session. Errors: UNAUTHENTICATED for a wrong code and for a challenge that is over, RATE_LIMITED after too many failures.',
    args: { input: t.arg({ type: CompleteSignInInput, description: 'Challenge and code.' }) },
    resolve: async (_parent, { input }, context) =>
      entering(
        await context.services.signIn.completeSignIn(input.challenge, input.code, context.client),
        context,
      ),
  }),
);

const UseSetupLinkInput = builder.inputType('UseSetupLinkInput', {
  description: 'A one-time link, and the password to set.',
  fields: (t) => ({
    token: t.string({ description: 'What stands after `#` in the link.' }),
    password: t.string({
      description: 'Password to set: as long as the setting password.min.length wants, and not a common one.',
    }),
  }),
});

builder.mutationField('useSetupLink', (t) =>
  t.field({
    type: SignInPayload,
    permission: 'public',
    description:
      'Sets a password by a one-time link, ends the sessions that there were, and begins one or asks for the second factor. Errors: UNAUTHENTICATED, VALIDATION_FAILED.',
    args: { input: t.arg({ type: UseSetupLinkInput, description: 'The link and the password.' }) },
    resolve: async (_parent, { input }, context) =>
      entering(
        await context.services.signIn.useSetupLink(input.token, input.password, context.client),
        context,
      ),
  }),
);

const ChangePasswordInput = builder.inputType('ChangePasswordInput', {
  description: 'Your password as it is and as it is to be.',
  fields: (t) => ({
    currentPassword: t.string({ description: 'Your password as it is now.' }),
    newPassword: t.string({
      description:
        'Another one: as long as the setting password.min.length wants, without your user name, and not a common one.',
    }),
  }),
});

const ChangePasswordPayload = builder.objectRef<{ username: string }>('ChangePasswordPayload').implement({
  description: 'Whose password was changed.',
  fields: (t) => ({ username: t.exposeString('username', { description: 'Your user name.' }) }),
});

builder.mutationField('changePassword', (t) =>
  t.field({
    type: ChangePasswordPayload,
    permission: 'signedIn',
    description:
      'Changes your password and ends your other sessions; API keys stay. Errors: FORBIDDEN for an API key and for a password that an identity provider keeps, VALIDATION_FAILED, RATE_LIMITED after too many wrong passwords.',
    args: { input: t.arg({ type: ChangePasswordInput, description: 'Both passwords.' }) },
    resolve: async (_parent, { input }, { services, actor }) => {
      await services.passwords.change(actor, input.currentPassword, input.newPassword);
      return { username: actor.username };
    },
  }),
);
