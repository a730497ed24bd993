import type { Row } from '@nephos/model/database.ts';
import type {
  NoticeChannel as NoticeChannels,
  NoticeKind as NoticeKinds,
  NoticeState as NoticeStates,
} from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { addListField } from '../../graphql/list-field.ts';
import type { NoticeContact as ContactView } from './notice-contact-service.ts';
import { noticeText } from './texts.ts';

const NoticeKind = builder.enumType('NoticeKind', {
  description: 'What a notice tells of.',
  values: {
    BALANCE_LOW: { description: 'A balance fell below an amount.' },
    ARREARS_WARNED: { description: 'A balance fell below zero.' },
    ARREARS_GRACE: { description: 'Nothing is made or started for the account any more.' },
    ARREARS_STOPPED: { description: 'Its machines are stopped.' },
    ARREARS_LOCKED: { description: 'It is locked.' },
    ARREARS_LIFTED: {
      description: 'It is in arrears no longer: it was paid, or no policy asks for anything any more.',
    },
    BUDGET_REACHED: { description: 'Costs reached part of a budget, or are going to.' },
  } satisfies Record<keyof typeof NoticeKinds, { description: string }>,
});

const NoticeChannel = builder.enumType('NoticeChannel', {
  description: 'How a notice is sent.',
  values: {
    MAIL: { description: 'By mail, as text and as a page.' },
    WEBHOOK: {
      description:
        'By POST of JSON. `nephos-signature` is the HMAC-SHA256 of `nephos-timestamp`, `nephos-delivery` and the body, with a dot between each two.',
    },
  } satisfies Record<keyof typeof NoticeChannels, { description: string }>,
});

const NoticeState = builder.enumType('NoticeState', {
  description: 'Whether a notice was sent.',
  values: {
    QUEUED: { description: 'It is about to be sent, or to be tried again.' },
    SENT: { description: 'It was taken.' },
    FAILED: { description: 'It was tried for three days.' },
  } satisfies Record<keyof typeof NoticeStates, { description: string }>,
});

const Notice = builder.objectRef<Row<'Notice'>>('Notice').implement({
  description: 'Something that the owner of an account is told, by one way.',
  interfaces: [Node],
  fields: (t) => ({
    accountId: t.exposeID('accountId', { description: 'Id of the account.' }),
    kind: t.field({ type: NoticeKind, description: 'What it tells of.', resolve: ({ kind }) => kind }),
    channel: t.field({
      type: NoticeChannel,
      description: 'How it is sent.',
      resolve: ({ channel }) => channel,
    }),
    recipient: t.exposeString('recipient', { description: 'A mail address, or the URL of a webhook.' }),
    subject: t.string({
      description: 'What it says, in a line, in the language of the contact.',
      resolve: ({ kind, language, facts }) => noticeText(kind, language, facts).subject,
    }),
    state: t.field({
      type: NoticeState,
      description: 'Whether it was sent.',
      resolve: ({ state }) => state,
    }),
    attempt: t.exposeInt('attempt', { description: 'How often it was tried.' }),
    problem: t.exposeString('problem', {
      nullable: true,
      description: 'Why it was not taken the last time; null where it was, or was not tried.',
    }),
    sentAt: t.expose('sentAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was taken; null while it was not.',
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

const NoticeFilter = builder.inputType('NoticeFilter', {
  description: 'Which notices.',
  fields: (t) => ({
    state: t.field({ type: [NoticeState], required: false, description: 'In one of these states.' }),
  }),
});

addListField({
  field: 'notices',
  type: 'Notice',
  plural: 'notices',
  node: Notice,
  table: 'Notice',
  permission: 'notice.list',
  searched: ['recipient', 'kind'],
  filter: {
    input: NoticeFilter,
    where: ({ state }) => (state == null ? [] : [sql<boolean>`"state"::text = any(${state}::text[])`]),
  },
});

const NoticeContact = builder.objectRef<ContactView>('NoticeContact').implement({
  description: 'How the owner of an account is told of its balance and its budgets.',
  fields: (t) => ({
    accountId: t.exposeID('accountId', { description: 'Id of the account.' }),
    language: t.exposeString('language', { description: 'Language of what is sent: `en` or `zh`.' }),
    emails: t.exposeStringList('emails', {
      description: 'Mail addresses; empty: those of the users of the account.',
    }),
    webhookUrl: t.exposeString('webhookUrl', {
      nullable: true,
      description: 'Where notices are posted to; null: nowhere.',
    }),
    version: t.exposeInt('version', { description: 'Grows with every change; 0 while nobody set it.' }),
  }),
});

builder.queryField('noticeContact', (t) =>
  t.field({
    type: NoticeContact,
    permission: 'noticeContact.list',
    description: 'How the owner of an account is told. Errors: NOT_FOUND.',
    args: { accountId: t.arg.id({ description: 'The account.' }) },
    resolve: (_parent, { accountId }, { services, actor }) =>
      services.noticeContacts.find(actor, idArgument('Account', 'accountId', accountId)),
  }),
);

const UpdateNoticeContactInput = builder.inputType('UpdateNoticeContactInput', {
  description: 'How the owner of an account wants to be told.',
  fields: (t) => ({
    accountId: t.id({ description: 'The account.' }),
    language: t.string({ description: 'Language of what is sent: `en` or `zh`.' }),
    emails: t.stringList({
      description: 'Mail addresses, at most 10; empty: those of the users of the account.',
    }),
    webhookUrl: t.string({
      required: false,
      description:
        'Where notices are posted to; null: nowhere. Private addresses are refused when it is sent, except those of `quota.webhook.allowed.internal.sites`.',
    }),
    expectedVersion: t.int({ required: false, description: 'The version that you saw.' }),
  }),
});

interface UpdatedContact {
  accountId: Id<'Account'>;
  webhookSecret: string | null;
}

const UpdateNoticeContactPayload = builder.objectRef<UpdatedContact>('UpdateNoticeContactPayload').implement({
  description: 'The contact.',
  fields: (t) => ({
    contact: t.field({
      type: NoticeContact,
      description: 'As it is now.',
      resolve: ({ accountId }, _args, { services, actor }) => services.noticeContacts.find(actor, accountId),
    }),
    webhookSecret: t.exposeString('webhookSecret', {
      nullable: true,
      description:
        'What webhooks are signed with, where there is another one: shown now and never again. Null where it is as it was.',
    }),
  }),
});

builder.mutationField('updateNoticeContact', (t) =>
  t.field({
    type: UpdateNoticeContactPayload,
    permission: 'noticeContact.update',
    description:
      'Says how the owner of an account wants to be told. Another webhook gets another secret. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, VERSION_CONFLICT.',
    args: { input: t.arg({ type: UpdateNoticeContactInput, description: 'The contact.' }) },
    resolve: async (_parent, { input }, { services, actor }) => {
      const accountId = idArgument('Account', 'input.accountId', input.accountId);
      const webhookUrl = input.webhookUrl ?? null;
      const { webhookSecret } = await services.noticeContacts.update(actor, {
        ...input,
        accountId,
        webhookUrl,
      });
      return { accountId, webhookSecret };
    },
  }),
);

const SetMailPasswordInput = builder.inputType('SetMailPasswordInput', {
  description: 'The password.',
  fields: (t) => ({
    password: t.string({ description: 'For the name in `quota.usage.smtp.user`, up to 255 characters.' }),
  }),
});

const SetMailPasswordPayload = builder.objectRef<{ isSet: true }>('SetMailPasswordPayload').implement({
  description: 'That it was set.',
  fields: (t) => ({ isSet: t.exposeBoolean('isSet', { description: 'Always true.' }) }),
});

builder.mutationField('setMailPassword', (t) =>
  t.field({
    type: SetMailPasswordPayload,
    permission: 'setting.update',
    description:
      'Sets the password for the mail server. It is kept sealed, and never shown. Errors: VALIDATION_FAILED.',
    args: { input: t.arg({ type: SetMailPasswordInput, description: 'The password.' }) },
    resolve: async (_parent, { input }, { services, actor }) => {
      await services.noticeContacts.setMailPassword(actor, input.password);
      return { isSet: true } as const;
    },
  }),
);
