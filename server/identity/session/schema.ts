import type { Row } from '@nephos/model/database.ts';
import type { SignInMethod as SignInMethods } from '@nephos/model/generated/enums.ts';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';

export const SignInMethod = builder.enumType('SignInMethod', {
  description: 'How somebody signed in.',
  values: {
    PASSWORD: { description: 'With a password of this cloud.' },
    SETUP_LINK: { description: 'With a one-time link that sets a password.' },
    OIDC: { description: 'With an OpenID Connect provider.' },
    LDAP: { description: 'With a password of an LDAP directory.' },
  } satisfies Record<keyof typeof SignInMethods, { description: string }>,
});

const UserSession = builder.objectRef<Row<'UserSession'>>('UserSession').implement({
  description: 'A browser that is signed in.',
  interfaces: [Node],
  fields: (t) => ({
    method: t.field({
      type: SignInMethod,
      description: 'How it signed in.',
      resolve: ({ method }) => method,
    }),
    clientAddress: t.exposeString('clientAddress', { description: 'Address that it signed in from.' }),
    userAgent: t.exposeString('userAgent', { description: 'What it says it is.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it signed in.' }),
    lastSeenAt: t.expose('lastSeenAt', {
      type: 'DateTime',
      description: 'When it was last heard of, to the minute.',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it ends in any case.' }),
    isCurrent: t.boolean({
      description: 'Whether it is the one you use now.',
      resolve: ({ id }, _args, { viewer }) => viewer?.sessionId === id,
    }),
  }),
});

builder.queryField('sessions', (t) =>
  t.field({
    type: [UserSession],
    permission: 'session.list',
    description: 'Your sessions, the last used first.',
    resolve: (_parent, _args, { services, actor }) => services.sessions.list(actor),
  }),
);

builder.queryField('userSessions', (t) =>
  t.field({
    type: [UserSession],
    permission: 'session.list',
    description: 'Sessions of a user whom you administer, the last used first. Errors: NOT_FOUND.',
    args: { userId: t.arg.id({ description: 'Whose.' }) },
    resolve: (_parent, { userId }, { services, actor }) =>
      services.sessions.listOf(actor, idArgument('User', 'userId', userId)),
  }),
);

const EndSessionInput = builder.inputType('EndSessionInput', {
  description: 'Which session.',
  fields: (t) => ({
    id: t.id({
      required: false,
      description: 'One of yours, or of a user whom you may lock out; the one you use now when left out.',
    }),
  }),
});

const EndSessionPayload = builder.objectRef<{ sessionId: string }>('EndSessionPayload').implement({
  description: 'The session that ended.',
  fields: (t) => ({ sessionId: t.exposeID('sessionId', { description: 'Its id.' }) }),
});

builder.mutationField('endSession', (t) =>
  t.field({
    type: EndSessionPayload,
    // Whoever must change their password first may leave all the same.
    permission: 'signedIn',
    description:
      'Signs a browser out; its open sockets close. Errors: NOT_FOUND, FORBIDDEN for the session of somebody whom you may not lock out.',
    args: { input: t.arg({ type: EndSessionInput, description: 'Which session.' }) },
    resolve: async (_parent, { input }, context) => {
      const { actor, services } = context;
      const sessionId = idArgument('UserSession', 'input.id', input.id ?? actor.sessionId ?? '');
      await services.sessions.end(actor, sessionId);
      if (sessionId === actor.sessionId) context.setSessionCookie(null);
      return { sessionId };
    },
  }),
);

const EndAllSessionsInput = builder.inputType('EndAllSessionsInput', {
  description: 'Whose sessions.',
  fields: (t) => ({
    userId: t.id({ required: false, description: 'A user whom you may lock out; yourself when left out.' }),
  }),
});

const EndAllSessionsPayload = builder.objectRef<{ count: number }>('EndAllSessionsPayload').implement({
  description: 'What ended.',
  fields: (t) => ({ count: t.exposeInt('count', { description: 'How many sessions.' }) }),
});

builder.mutationField('endAllSessions', (t) =>
  t.field({
    type: EndAllSessionsPayload,
    permission: 'session.revoke',
    description:
      'Signs a user out everywhere; the session that asks stays, and API keys do. Errors: NOT_FOUND, FORBIDDEN for somebody whom you may not lock out.',
    args: { input: t.arg({ type: EndAllSessionsInput, description: 'Whose sessions.' }) },
    resolve: async (_parent, { input }, { services, actor }) => {
      const userId = optionalId('User', 'input.userId', input.userId) ?? actor.userId;
      return { count: await services.sessions.endAll(actor, userId) };
    },
  }),
);
