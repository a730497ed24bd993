import type { Row } from '@nephos/model/database.ts';
import { sql, type RawBuilder } from 'kysely';
import { builder, Node } from '../graphql/builder.ts';
import { addListField } from '../graphql/list-field.ts';
import { AuditChangeRef, changesIn } from './audit-change-schema.ts';

const AuditEvent = builder.objectRef<Row<'AuditEvent'>>('AuditEvent').implement({
  description: 'Who did what, and what came of it.',
  interfaces: [Node],
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When.' }),
    action: t.exposeString('action', {
      description: 'Permission that was exercised, or refused: `virtualMachine.deploy`.',
    }),
    outcome: t.exposeString('outcome', { description: 'SUCCEEDED, or the code of the refusal.' }),
    actorName: t.exposeString('actorName', {
      description: 'Who: a user, `system`, `anonymous`, or the name that was given at a failed sign-in.',
    }),
    actorUserId: t.exposeID('actorUserId', { nullable: true, description: 'Id of the user.' }),
    sessionId: t.exposeID('sessionId', {
      nullable: true,
      description: 'The session in which it was done; null when it was not done in a browser.',
    }),
    apiKeyId: t.exposeID('apiKeyId', {
      nullable: true,
      description: 'The API key with which it was done; null when it was done without one.',
    }),
    accountId: t.exposeID('accountId', {
      nullable: true,
      description:
        'Account that owns what it was done to or, for a refusal, the account of who was refused; null for what belongs to nobody.',
    }),
    clientAddress: t.exposeString('clientAddress', {
      nullable: true,
      description: 'Address that the request came from.',
    }),
    targetKind: t.exposeString('targetKind', { nullable: true, description: 'Kind of what it was done to.' }),
    targetId: t.exposeID('targetId', {
      nullable: true,
      description: 'Id of what it was done to; that may be gone by now.',
    }),
    jobId: t.exposeID('jobId', { nullable: true, description: 'The job that was made for it.' }),
    traceId: t.exposeString('traceId', { description: 'Leads to its lines in the logs.' }),
    changes: t.string({
      nullable: true,
      description:
        'What else is known of it, as JSON: fields before and after, the limit that refused it. Never a secret.',
      resolve: ({ details }) => (details === null ? null : JSON.stringify(details)),
    }),
    changedFields: t.field({
      type: [AuditChangeRef],
      description:
        'The fields that were changed, before and after; empty for what made or removed something.',
      resolve: ({ details }) => changesIn(details),
    }),
    seq: t.field({
      type: 'String',
      nullable: true,
      description:
        'Its number in the chain of events, by which `npm run audit:verify` finds out whether one was changed or removed; null for the second until it is sealed.',
      resolve: ({ seq }) => seq?.toString() ?? null,
    }),
  }),
});

const AuditEventFilter = builder.inputType('AuditEventFilter', {
  description: 'Which events.',
  fields: (t) => ({
    action: t.string({
      required: false,
      description: 'With this action; one that ends in a dot means all that begin so: `session.`.',
    }),
    outcome: t.string({ required: false, description: 'With this outcome: SUCCEEDED, FORBIDDEN, …' }),
    isRefused: t.boolean({
      required: false,
      description: 'Those that were refused, or those that were not.',
    }),
    actorUserId: t.id({ required: false, description: 'By this user.' }),
    actorName: t.string({ required: false, description: 'By whoever has exactly this name.' }),
    sessionId: t.id({ required: false, description: 'In this session.' }),
    apiKeyId: t.id({ required: false, description: 'With this API key.' }),
    accountId: t.id({ required: false, description: 'Of this account.' }),
    targetId: t.id({ required: false, description: 'About this.' }),
    targetKind: t.string({ required: false, description: 'About something of this kind: `VirtualMachine`.' }),
    clientAddress: t.string({ required: false, description: 'From exactly this address.' }),
    jobId: t.id({ required: false, description: 'That made this job.' }),
    since: t.field({ type: 'DateTime', required: false, description: 'From this moment on.' }),
    until: t.field({ type: 'DateTime', required: false, description: 'Before this moment.' }),
  }),
});

/** Members of the filter that a column equals. */
const equalled = [
  'outcome',
  'actorUserId',
  'actorName',
  'sessionId',
  'apiKeyId',
  'accountId',
  'targetId',
  'targetKind',
  'clientAddress',
  'jobId',
] as const;

addListField({
  field: 'auditEvents',
  type: 'AuditEvent',
  plural: 'audit events',
  node: AuditEvent,
  table: 'AuditEvent',
  permission: 'auditEvent.list',
  orders: { AT: { column: 'at', description: 'By the moment they happened.' } },
  searched: ['action', 'actorName', 'targetId', 'clientAddress', 'details'],
  filter: {
    input: AuditEventFilter,
    where: (filter) => [
      ...(filter.action == null ? [] : [ofAction(filter.action)]),
      ...(filter.isRefused == null ? [] : [sql<boolean>`("outcome" <> 'SUCCEEDED') = ${filter.isRefused}`]),
      ...equalled.flatMap((column) => {
        const value = filter[column];
        return value == null ? [] : [sql<boolean>`${sql.ref(column)} = ${value}`];
      }),
      ...(filter.since == null ? [] : [sql<boolean>`"at" >= ${filter.since}`]),
      ...(filter.until == null ? [] : [sql<boolean>`"at" < ${filter.until}`]),
    ],
  },
});

function ofAction(action: string): RawBuilder<boolean> {
  return action.endsWith('.')
    ? sql<boolean>`starts_with("action", ${action})`
    : sql<boolean>`"action" = ${action}`;
}
