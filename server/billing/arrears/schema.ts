import type { Row } from '@nephos/model/database.ts';
import type { ArrearsStage as ArrearsStages } from '@nephos/model/generated/enums.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';
import { addListField } from '../../graphql/list-field.ts';
import { Account } from '../../identity/account/schema.ts';
import { Domain } from '../../identity/domain/schema.ts';
import type { ShownArrears } from './shown-arrears.ts';

const ArrearsStage = builder.enumType('ArrearsStage', {
  description: 'How far an account has come that has a balance below zero.',
  values: {
    WARNED: { description: 'Its owner was told.' },
    GRACE: { description: 'What runs goes on; nothing is made or started for it.' },
    STOPPED: { description: 'Its machines are stopped.' },
    LOCKED: { description: 'Nobody signs in to it.' },
    LIFTING: { description: 'It was paid, and a job brings back what was taken.' },
  } satisfies Record<keyof typeof ArrearsStages, { description: string }>,
});

/** Arrears of an account, as its balances show them. */
export const Arrears = builder.objectRef<ShownArrears>('Arrears').implement({
  description: 'That an account has a balance below zero, and what is done about it.',
  fields: (t) => ({
    stage: t.field({
      type: ArrearsStage,
      description: 'How far it has come.',
      resolve: ({ stage }) => stage,
    }),
    since: t.expose('since', { type: 'DateTime', description: 'Since when a balance is below zero.' }),
    jobId: t.exposeID('jobId', { description: 'The job that brought it there.' }),
    nextStage: t.field({
      type: ArrearsStage,
      nullable: true,
      description: 'What follows unless it is paid; null when nothing does.',
      resolve: ({ next }) => next?.stage ?? null,
    }),
    nextStageAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When that follows.',
      resolve: ({ next }) => next?.at ?? null,
    }),
  }),
});

const QuotaPolicy = builder.objectRef<Row<'QuotaPolicy'>>('QuotaPolicy').implement({
  description:
    'What is done about accounts that have nothing left: of one account, or of a domain and those below. The account’s own counts, then the nearest domain’s. Without one, an account may owe as much as it likes.',
  interfaces: [Node],
  fields: (t) => ({
    account: t.field({
      type: Account,
      nullable: true,
      description: 'The account that it is for; null: a domain.',
      resolve: ({ accountId }, _args, { load }) =>
        accountId === null ? null : load.find('Account', accountId),
    }),
    domain: t.field({
      type: Domain,
      nullable: true,
      description: 'The domain that it is for, with those below; null: one account.',
      resolve: ({ domainId }, _args, { load }) => (domainId === null ? null : load.find('Domain', domainId)),
    }),
    isEnforced: t.exposeBoolean('isEnforced', {
      description: 'False: nothing is done, whatever is said of domains above.',
    }),
    alertBelow: t.field({
      type: ['Decimal'],
      description: 'Owners are told when a balance falls below one of these amounts of its currency.',
      resolve: ({ alertBelow }) => alertBelow,
    }),
    graceAfterHours: t.exposeInt('graceAfterHours', {
      nullable: true,
      description: 'Hours below zero after which nothing is made or started any more; null: never.',
    }),
    stopAfterHours: t.exposeInt('stopAfterHours', {
      nullable: true,
      description: 'Hours below zero after which machines are stopped; null: never.',
    }),
    lockAfterHours: t.exposeInt('lockAfterHours', {
      nullable: true,
      description: 'Hours below zero after which the account is locked; null: never.',
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

addListField({
  field: 'quotaPolicies',
  type: 'QuotaPolicy',
  plural: 'quota policies',
  node: QuotaPolicy,
  table: 'QuotaPolicy',
  permission: 'quotaPolicy.list',
  searched: ['accountId', 'domainId'],
});

const SetQuotaPolicyInput = builder.inputType('SetQuotaPolicyInput', {
  description: 'A policy, and whom it is for. Hours must not fall from one step to the next.',
  fields: (t) => ({
    accountId: t.id({ required: false, description: 'The account. Either this or `domainId`.' }),
    domainId: t.id({ required: false, description: 'The domain, with those below.' }),
    isEnforced: t.boolean({
      defaultValue: true,
      description: 'False: nothing is done, whatever is said of domains above.',
    }),
    alertBelow: t.field({
      type: ['Decimal'],
      defaultValue: [],
      description: 'Amounts below which owners are told, at most 10.',
    }),
    graceAfterHours: t.int({
      required: false,
      description: 'Hours below zero after which nothing is made or started, up to 8760; null: never.',
    }),
    stopAfterHours: t.int({
      required: false,
      description: 'Hours below zero after which machines are stopped, up to 8760; null: never.',
    }),
    lockAfterHours: t.int({
      required: false,
      description: 'Hours below zero after which the account is locked, up to 8760; null: never.',
    }),
    expectedVersion: t.int({ required: false, description: 'The version that you saw, of one there is.' }),
  }),
});

const QuotaPolicyPayload = builder.objectRef<{ policyId: string }>('QuotaPolicyPayload').implement({
  description: 'The policy.',
  fields: (t) => ({
    policy: t.field({
      type: QuotaPolicy,
      description: 'As it is now.',
      resolve: ({ policyId }, _args, { load }) => load.get('QuotaPolicy', parseId('QuotaPolicy', policyId)),
    }),
  }),
});

builder.mutationField('setQuotaPolicy', (t) =>
  t.field({
    type: QuotaPolicyPayload,
    permission: 'quotaPolicy.update',
    description:
      'Says what is done about an account, or the accounts of a domain, that have nothing left. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, VERSION_CONFLICT.',
    args: { input: t.arg({ type: SetQuotaPolicyInput, description: 'The policy.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.quotaPolicies.set(actor, {
        ...input,
        accountId: optionalId('Account', 'input.accountId', input.accountId),
        domainId: optionalId('Domain', 'input.domainId', input.domainId),
        graceAfterHours: input.graceAfterHours ?? null,
        stopAfterHours: input.stopAfterHours ?? null,
        lockAfterHours: input.lockAfterHours ?? null,
      }),
  }),
);

const RemoveQuotaPolicyPayload = builder.objectRef<{ id: string }>('RemoveQuotaPolicyPayload').implement({
  description: 'What was removed.',
  fields: (t) => ({ id: t.exposeID('id', { description: 'Id of the policy.' }) }),
});

builder.mutationField('removeQuotaPolicy', (t) =>
  t.field({
    type: RemoveQuotaPolicyPayload,
    permission: 'quotaPolicy.update',
    description:
      'Removes a policy. What was done because of it is taken back, unless a domain above has one. Errors: NOT_FOUND, FORBIDDEN.',
    args: { id: t.arg.id({ description: 'Its id.' }) },
    resolve: async (_parent, args, { services, actor }) => {
      const id = idArgument('QuotaPolicy', 'id', args.id);
      await services.quotaPolicies.remove(actor, id);
      return { id };
    },
  }),
);
