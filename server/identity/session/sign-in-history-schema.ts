import type { Row } from '@nephos/model/database.ts';
import type { SignInMethod as SignInMethods } from '@nephos/model/generated/enums.ts';
import { sql } from 'kysely';
import { builder } from '../../graphql/builder.ts';
import { connectionOf, listPage, pageArgs } from '../../graphql/connection.ts';
import { optionalId } from '../../graphql/id-argument.ts';
import { SignInMethod } from './schema.ts';

/** What audit events of signing in say beside who and when. */
interface SignInDetails {
  method?: keyof typeof SignInMethods;
  secondFactor?: string;
  problem?: string;
}

const detailsOf = ({ details }: Row<'AuditEvent'>): SignInDetails => details ?? {};

const SignInEvent = builder.objectRef<Row<'AuditEvent'>>('SignInEvent').implement({
  description: 'A sign-in, one that was refused, or the end of a session.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The audit event that tells of it.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When.' }),
    action: t.exposeString('action', {
      description: '`session.signIn`, `session.askSecondFactor`, `session.end` or `session.endAll`.',
    }),
    outcome: t.exposeString('outcome', { description: 'SUCCEEDED, or the code of the refusal.' }),
    method: t.field({
      type: SignInMethod,
      nullable: true,
      description: 'How; null for what was refused before that was clear.',
      resolve: (event) => detailsOf(event).method ?? null,
    }),
    secondFactor: t.string({
      nullable: true,
      description: 'TOTP or RECOVERY_CODE, where one was shown.',
      resolve: (event) => detailsOf(event).secondFactor ?? null,
    }),
    problem: t.string({
      nullable: true,
      description: 'Why it was refused: WRONG_PASSWORD, WRONG_CODE, NOT_ENABLED and the like.',
      resolve: (event) => detailsOf(event).problem ?? null,
    }),
    clientAddress: t.exposeString('clientAddress', {
      nullable: true,
      description: 'Address that it came from.',
    }),
  }),
});

const SignInEventConnection = connectionOf('SignInEvent', SignInEvent);

builder.queryField('signInHistory', (t) =>
  t.field({
    type: SignInEventConnection,
    permission: 'session.list',
    description:
      'When and how a user signed in and out, or was refused, the last first. Needs auditEvent.list as well, without which it is empty. Errors: NOT_FOUND.',
    args: {
      ...pageArgs(),
      userId: t.arg.id({
        required: false,
        description: 'A user whom you administer; yourself when left out.',
      }),
    },
    resolve: async (_parent, args, { platform, actor, load }) => {
      const userId = optionalId('User', 'userId', args.userId) ?? actor.userId;
      if (userId !== actor.userId) await load.get('User', userId);
      return listPage<Row<'AuditEvent'>>(platform.db, {
        actor,
        table: 'AuditEvent',
        page: args,
        order: { column: 'id', direction: 'DESC' },
        where: [sql<boolean>`"actorUserId" = ${userId} and "action" like 'session.%'`],
      });
    },
  }),
);
