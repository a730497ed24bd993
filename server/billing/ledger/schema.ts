import type { Row } from '@nephos/model/database.ts';
import type { LedgerEntryKind as LedgerEntryKinds } from '@nephos/model/generated/enums.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { addListField } from '../../graphql/list-field.ts';
import { Account } from '../../identity/account/schema.ts';

const LedgerEntryKind = builder.enumType('LedgerEntryKind', {
  description: 'Why money came to an account, or went.',
  values: {
    CREDIT: { description: 'An administrator granted it, or took it back.' },
    STATEMENT: { description: 'A month’s statement.' },
    CREDIT_NOTE: { description: 'A statement was corrected.' },
    PREPAYMENT: { description: 'Something was paid for in advance.' },
    REFUND: { description: 'What was paid for in advance came back.' },
  } satisfies Record<keyof typeof LedgerEntryKinds, { description: string }>,
});

const LedgerEntry = builder.objectRef<Row<'LedgerEntry'>>('LedgerEntry').implement({
  description: 'Money that came to an account, or went. It is never changed: what was wrong is taken back.',
  interfaces: [Node],
  fields: (t) => ({
    account: t.field({
      type: Account,
      nullable: true,
      description: 'The account; null once it is gone.',
      resolve: ({ accountId }, _args, { load }) => load.find('Account', accountId),
    }),
    accountId: t.exposeID('accountId', { description: 'Id of the account.' }),
    currency: t.exposeString('currency', { description: 'By ISO 4217.' }),
    amount: t.expose('amount', { type: 'Decimal', description: 'How much came; negative: went.' }),
    kind: t.field({ type: LedgerEntryKind, description: 'Why.', resolve: ({ kind }) => kind }),
    referenceId: t.exposeID('referenceId', {
      description: 'What made it, a statement or a prepayment; of a credit the entry itself.',
    }),
    month: t.exposeString('month', {
      nullable: true,
      description: 'The billing month that it settles: `2026-11`; null where it settles none.',
    }),
    note: t.exposeString('note', { description: 'What was said about it.' }),
    actorName: t.exposeString('actorName', {
      description: 'Name of the user who made it; `system` for the platform itself.',
    }),
    at: t.expose('at', { type: 'DateTime', description: 'When.' }),
  }),
});

const LedgerEntryFilter = builder.inputType('LedgerEntryFilter', {
  description: 'Which entries.',
  fields: (t) => ({
    currency: t.string({ required: false, description: 'In this currency.' }),
    kind: t.field({ type: [LedgerEntryKind], required: false, description: 'Of one of these kinds.' }),
    from: t.field({ type: 'DateTime', required: false, description: 'Made at this moment or later.' }),
  }),
});

addListField({
  field: 'ledgerEntries',
  type: 'LedgerEntry',
  plural: 'entries of the ledger',
  node: LedgerEntry,
  table: 'LedgerEntry',
  permission: 'ledgerEntry.list',
  searched: ['note', 'referenceId', 'month'],
  filter: {
    input: LedgerEntryFilter,
    where: ({ currency, kind, from }) => [
      ...(currency == null ? [] : [sql<boolean>`"currency" = ${currency}`]),
      ...(kind == null ? [] : [sql<boolean>`"kind"::text = any(${kind}::text[])`]),
      ...(from == null ? [] : [sql<boolean>`"at" >= ${from}`]),
    ],
  },
});

const GrantCreditInput = builder.inputType('GrantCreditInput', {
  description: 'Money for an account.',
  fields: (t) => ({
    accountId: t.id({ description: 'The account.' }),
    amount: t.field({
      type: 'Decimal',
      description: 'How much, with no more places than the currency is paid in; negative takes it back.',
    }),
    currency: t.string({ description: 'By ISO 4217: `CNY`, `EUR`.' }),
    note: t.string({ required: false, description: 'What it is for, up to 255 characters.' }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const GrantCreditPayload = builder.objectRef<{ entryId: string }>('GrantCreditPayload').implement({
  description: 'What was granted.',
  fields: (t) => ({
    entry: t.field({
      type: LedgerEntry,
      description: 'The entry of the ledger.',
      resolve: ({ entryId }, _args, { load }) => load.get('LedgerEntry', parseId('LedgerEntry', entryId)),
    }),
  }),
});

builder.mutationField('grantCredit', (t) =>
  t.field({
    type: GrantCreditPayload,
    permission: 'credit.grant',
    description:
      'Gives an account money. Once none of its balances is below zero, what was done because of that is taken back: it is unlocked, and machines that were stopped start again. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, IDEMPOTENCY_CONFLICT.',
    args: { input: t.arg({ type: GrantCreditInput, description: 'How much, and for whom.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.credits.grant(actor, {
        ...input,
        accountId: idArgument('Account', 'input.accountId', input.accountId),
      }),
  }),
);
