import { builder } from '../../graphql/builder.ts';
import type { Actor } from '../../platform/actor.ts';
import { formatCursor } from '../../platform/change-feed/change.ts';
import { Account } from '../account/schema.ts';
import { permissions } from '../access/permissions.ts';
import { Preference } from '../preference/schema.ts';
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
    account: t.field({
      type: Account,
      nullable: true,
      description: 'The account you belong to; null when you may not see accounts.',
      resolve: ({ accountId }, _args, { load }) => load.find('Account', accountId),
    }),
    changeCursor: t.field({
      type: 'Cursor',
      nullable: true,
      description: 'As the query changeCursor has it; null when you may not follow changes.',
      resolve: ({ rights }, _args, { platform }) =>
        rights.has('change.follow') ? formatCursor(platform.feed.latest) : null,
    }),
    preferences: t.field({
      type: [Preference],
      description: 'Your preferences, by key; nobody else sees them. None with an API key.',
      args: {
        prefix: t.arg.string({
          defaultValue: '',
          description: 'Only those whose key begins so; all when left out.',
        }),
      },
      resolve: (actor, { prefix }, { services }) =>
        actor.sessionId === null ? [] : services.preferences.list(actor, prefix),
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
