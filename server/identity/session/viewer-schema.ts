import { builder } from '../../graphql/builder.ts';
import type { Actor } from '../../platform/actor.ts';
import { permissions } from '../access/permissions.ts';
import { countRecoveryCodes } from '../second-factor/recovery-codes.ts';
import { User } from '../user/schema.ts';

const Viewer = builder.objectRef<Actor>('Viewer').implement({
  description: 'Who you are.',
  fields: (t) => ({
    username: t.exposeString('username', { description: 'Your user name.' }),
    user: t.field({
      type: User,
      description: 'The user you are signed in as.',
      // Oneself one may always see, even where nothing else is allowed yet.
      resolve: ({ userId }, _args, { platform }) =>
        platform.db.selectFrom('User').selectAll().where('id', '=', userId).executeTakeFirstOrThrow(),
    }),
    permissions: t.stringList({
      description: 'Everything you may do: `virtualMachine.deploy`, …',
      resolve: ({ rights }) => permissions.filter((permission) => rights.has(permission)),
    }),
    sessionId: t.exposeID('sessionId', {
      nullable: true,
      description: 'Your session; null when you came with an API key.',
    }),
    mustChangePassword: t.exposeBoolean('mustChangePassword', {
      description: 'Your password has to be changed first: until then you may do nothing else.',
    }),
    mustEnrolSecondFactor: t.exposeBoolean('mustEnrolSecondFactor', {
      description: 'A second factor has to be set up first: until then you may do nothing else.',
    }),
    hasPassword: t.boolean({
      description: 'Whether your password is kept here, and not by an identity provider.',
      resolve: async ({ userId }, _args, { platform }) => {
        const user = await platform.db
          .selectFrom('User')
          .select('passwordHash')
          .where('id', '=', userId)
          .executeTakeFirstOrThrow();
        return user.passwordHash !== null;
      },
    }),
    hasSecondFactor: t.boolean({
      description: 'Whether signing in takes a code of an authenticator app, too.',
      resolve: async ({ userId }, _args, { platform }) => {
        const user = await platform.db
          .selectFrom('User')
          .select('totpConfirmedAt')
          .where('id', '=', userId)
          .executeTakeFirstOrThrow();
        return user.totpConfirmedAt !== null;
      },
    }),
    recoveryCodesLeft: t.int({
      description: 'How many recovery codes you have not used yet.',
      resolve: ({ userId }, _args, { platform }) => countRecoveryCodes(platform.db, userId),
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
