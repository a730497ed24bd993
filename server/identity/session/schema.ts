import type { Row } from '@nephos/model/database.ts';
import type { Actor } from '../../platform/actor.ts';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { permissions, roleAllows } from '../access/permissions.ts';
import { User } from '../user/schema.ts';

const Viewer = builder.objectRef<Actor>('Viewer').implement({
  description: 'Who you are.',
  fields: (t) => ({
    user: t.field({
      type: User,
      description: 'The user you are signed in as.',
      resolve: ({ userId }, _args, { load }) => load.get('User', userId),
    }),
    permissions: t.stringList({
      description: 'Everything your role allows: `virtualMachine.deploy`, …',
      resolve: ({ role }) => permissions.filter((permission) => roleAllows(role, permission)),
    }),
    sessionId: t.exposeID('sessionId', {
      nullable: true,
      description: 'Your session; null when you came with an API key.',
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: Viewer,
    nullable: true,
    permission: 'public',
    description: 'Who you are; null when you are not signed in.',
    resolve: (_parent, _args, { viewer }) => viewer,
  }),
);

const UserSession = builder.objectRef<Row<'UserSession'>>('UserSession').implement({
  description: 'A browser that is signed in.',
  interfaces: [Node],
  fields: (t) => ({
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

const SignInInput = builder.inputType('SignInInput', {
  description: 'Name and password.',
  fields: (t) => ({
    username: t.string({ description: 'User name.' }),
    password: t.string({ description: 'Password.' }),
  }),
});

const UseSetupLinkInput = builder.inputType('UseSetupLinkInput', {
  description: 'A one-time link, and the password to set.',
  fields: (t) => ({
    token: t.string({ description: 'What stands after `#` in the link.' }),
    password: t.string({ description: 'Password to set, 8 characters or more.' }),
  }),
});

const SignInPayload = builder.objectRef<{ actor: Actor }>('SignInPayload').implement({
  description: 'Who you are now.',
  fields: (t) => ({
    username: t.string({
      description: 'User name that you signed in with.',
      resolve: ({ actor }) => actor.username,
    }),
    sessionId: t.id({
      description: 'Your new session; its secret is in the cookie.',
      resolve: ({ actor }) => actor.sessionId ?? '',
    }),
  }),
});

builder.mutationField('signIn', (t) =>
  t.field({
    type: SignInPayload,
    permission: 'public',
    description:
      'Begins a session, kept in a cookie. Errors: UNAUTHENTICATED, RATE_LIMITED after too many failures.',
    args: { input: t.arg({ type: SignInInput, description: 'Name and password.' }) },
    resolve: async (_parent, { input }, context) => {
      const session = await context.services.sessions.signIn(input.username, input.password, context.client);
      context.setSessionCookie(session);
      return session;
    },
  }),
);

builder.mutationField('useSetupLink', (t) =>
  t.field({
    type: SignInPayload,
    permission: 'public',
    description:
      'Sets a first password by a one-time link and begins a session. Errors: UNAUTHENTICATED, VALIDATION_FAILED.',
    args: { input: t.arg({ type: UseSetupLinkInput, description: 'The link and the password.' }) },
    resolve: async (_parent, { input }, context) => {
      const session = await context.services.sessions.useSetupLink(
        input.token,
        input.password,
        context.client,
      );
      context.setSessionCookie(session);
      return session;
    },
  }),
);

const ChangePasswordInput = builder.inputType('ChangePasswordInput', {
  description: 'Your password as it is and as it is to be.',
  fields: (t) => ({
    currentPassword: t.string({ description: 'Your password as it is now.' }),
    newPassword: t.string({ description: 'The new one, 8 characters or more.' }),
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
      'Changes your password and ends your other sessions; API keys stay. Errors: FORBIDDEN for an API key, VALIDATION_FAILED, RATE_LIMITED after too many wrong passwords.',
    args: { input: t.arg({ type: ChangePasswordInput, description: 'Both passwords.' }) },
    resolve: async (_parent, { input }, { services, actor }) => {
      await services.sessions.changePassword(actor, input.currentPassword, input.newPassword);
      return { username: actor.username };
    },
  }),
);

const EndSessionInput = builder.inputType('EndSessionInput', {
  description: 'Which session.',
  fields: (t) => ({
    id: t.id({ required: false, description: 'One of yours; the one you use now when left out.' }),
  }),
});

const EndSessionPayload = builder.objectRef<{ sessionId: string }>('EndSessionPayload').implement({
  description: 'The session that ended.',
  fields: (t) => ({ sessionId: t.exposeID('sessionId', { description: 'Its id.' }) }),
});

builder.mutationField('endSession', (t) =>
  t.field({
    type: EndSessionPayload,
    permission: 'session.revoke',
    description: 'Signs a browser out; its open sockets close. Errors: NOT_FOUND.',
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
