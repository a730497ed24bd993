import type { Row } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { builder, Node } from '../graphql/builder.ts';
import { addListField } from '../graphql/list-field.ts';

const AuditEvent = builder.objectRef<Row<'AuditEvent'>>('AuditEvent').implement({
  description: 'Who did what, and what came of it.',
  interfaces: [Node],
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When.' }),
    action: t.exposeString('action', {
      description: 'Permission that was exercised, or refused: `virtualMachine.deploy`.',
    }),
    outcome: t.exposeString('outcome', { description: 'SUCCEEDED, or the code of the refusal.' }),
    actorName: t.exposeString('actorName', { description: 'Who.' }),
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
      description: 'What changed, as JSON: fields before and after. Never a secret.',
      resolve: ({ details }) => (details === null ? null : JSON.stringify(details)),
    }),
  }),
});

const AuditEventFilter = builder.inputType('AuditEventFilter', {
  description: 'Which events.',
  fields: (t) => ({
    action: t.string({ required: false, description: 'With this action.' }),
    targetId: t.id({ required: false, description: 'About this.' }),
    since: t.field({ type: 'DateTime', required: false, description: 'From this moment on.' }),
  }),
});

addListField({
  field: 'auditEvents',
  type: 'AuditEvent',
  plural: 'audit events',
  node: AuditEvent,
  table: 'AuditEvent',
  permission: 'event.list',
  searched: ['action', 'actorName', 'targetId'],
  filter: {
    input: AuditEventFilter,
    where: ({ action, targetId, since }) => [
      ...(action == null ? [] : [sql<boolean>`"action" = ${action}`]),
      ...(targetId == null ? [] : [sql<boolean>`"targetId" = ${targetId}`]),
      ...(since == null ? [] : [sql<boolean>`"at" >= ${since}`]),
    ],
  },
});
