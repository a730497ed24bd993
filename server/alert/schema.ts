import type { Row } from '@nephos/model/database.ts';
import type {
  AlertKind as AlertKinds,
  AlertSeverity as AlertSeverities,
} from '@nephos/model/generated/enums.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { followRows } from '../activity/follow.ts';
import { builder, Node } from '../graphql/builder.ts';
import { idArgument } from '../graphql/id-argument.ts';
import { idempotencyKeyField } from '../graphql/idempotency-key-field.ts';
import { addListField } from '../graphql/list-field.ts';
import { findNode } from '../graphql/node-schema.ts';
import { Zone } from '../infrastructure/zone/schema.ts';
import type { AlertCounts } from './alert-service.ts';

const AlertKind = builder.enumType('AlertKind', {
  description: 'What an alert tells of, and the facts that come with it beside the name of its target.',
  values: {
    HOST_SILENT: { description: 'A host is silent for longer than `alert.wait`. Facts: since, machines.' },
    HOST_DOWN: { description: 'A host is known to be off. Facts: since, machines.' },
    HOST_NOT_EMPTIED: { description: 'A host could not be emptied for maintenance. Facts: reason.' },
    CERTIFICATE_ENDS: { description: 'The certificate of an agent was not renewed. Facts: until.' },
    FOREIGN_MACHINES: {
      description: 'A host has machines that are none of the platform’s. Facts: machines, names.',
    },
    CPU_PROMISED: {
      description: 'A cluster has promised much of its processors. Facts: percent, closedAbove.',
    },
    MEMORY_PROMISED: {
      description: 'A cluster has promised much of its memory. Facts: percent, closedAbove.',
    },
    POOL_USED: { description: 'A storage pool is nearly full. Facts: percent, closedAbove.' },
    POOL_PROMISED: {
      description: 'A storage pool has promised much of what it may promise. Facts: percent.',
    },
    IMAGE_STORE_USED: { description: 'An image store is nearly full. Facts: percent.' },
    ADDRESSES_TAKEN: { description: 'A pod has few guest addresses left. Facts: percent, free.' },
    MACHINE_STUCK: {
      description: 'A machine is between two states, and nothing works on it. Facts: state, since.',
    },
    MACHINE_UNKNOWN: {
      description: 'Nobody knows whether a machine runs, though its host is not silent. Facts: host, since.',
    },
    MACHINE_DRIFTED: {
      description: 'A machine is not on its host what it should be. Facts: host, differences.',
    },
    EXPUNGE_OVERDUE: {
      description: 'A destroyed machine was to be expunged more than an hour ago. Facts: since, reason.',
    },
    USAGE_OVERDUE: {
      description: 'The usage daemon has not summed up usage for more than an hour. Facts: since.',
    },
    JOB_STUCK: { description: 'What a job began could not be taken back. Facts: reason.' },
  } satisfies Record<keyof typeof AlertKinds, { description: string }>,
});

const AlertSeverity = builder.enumType('AlertSeverity', {
  description: 'How bad it is.',
  values: {
    WARNING: { description: 'Somebody should look, sometime soon.' },
    CRITICAL: { description: 'Something does not work, or nothing new can be had there.' },
  } satisfies Record<keyof typeof AlertSeverities, { description: string }>,
});

const AlertFact = builder.objectRef<[string, string]>('AlertFact').implement({
  description: 'One of the facts that the message of an alert is made of.',
  fields: (t) => ({
    name: t.string({ description: 'What it is: `percent`.', resolve: ([name]) => name }),
    value: t.string({ description: 'The value; empty when it is not known.', resolve: ([, value]) => value }),
  }),
});

/** An alert. */
export const Alert = builder.objectRef<Row<'Alert'>>('Alert').implement({
  description:
    'A condition that operators have to look at. It opens when the platform finds that the condition holds, and clears by itself when it no longer does.',
  interfaces: [Node],
  fields: (t) => ({
    kind: t.field({ type: AlertKind, description: 'What it tells of.', resolve: ({ kind }) => kind }),
    severity: t.field({
      type: AlertSeverity,
      description: 'How bad it is.',
      resolve: ({ severity }) => severity,
    }),
    message: t.exposeString('message', { description: 'What is the matter, in English.' }),
    facts: t.field({
      type: [AlertFact],
      description: 'What the message is made of, for those who say it in another language.',
      resolve: ({ facts }) => Object.entries(facts),
    }),
    targetKind: t.exposeString('targetKind', { description: 'Kind of the thing it is about: `Host`.' }),
    targetId: t.exposeID('targetId', { description: 'Id of the thing.' }),
    targetName: t.exposeString('targetName', {
      description: 'Name of the thing as the alert opened; of a job its kind.',
    }),
    target: t.field({
      type: Node,
      nullable: true,
      description: 'The thing; null once it is gone.',
      resolve: ({ targetId }, _args, context) => findNode(context, targetId),
    }),
    zone: t.field({
      type: Zone,
      nullable: true,
      description: 'The zone that the thing is in, if it is in one.',
      resolve: ({ zoneId }, _args, { load }) => (zoneId === null ? null : load.find('Zone', zoneId)),
    }),
    openedAt: t.expose('openedAt', {
      type: 'DateTime',
      description: 'When the condition was found to hold.',
    }),
    clearedAt: t.expose('clearedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it no longer did; null while the alert is open.',
    }),
    acknowledgedAt: t.expose('acknowledgedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When somebody said that they look after it; null again when it grows worse.',
    }),
    acknowledgedBy: t.exposeString('acknowledgedByName', {
      nullable: true,
      description: 'Name of the user who said so.',
    }),
    isAcknowledgeable: t.boolean({
      description: 'Whether it is open, nobody acknowledged it so far, and you may.',
      resolve: ({ clearedAt, acknowledgedAt }, _args, { actor }) =>
        clearedAt === null && acknowledgedAt === null && actor.rights.has('alert.acknowledge'),
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
  }),
});

const AlertFilter = builder.inputType('AlertFilter', {
  description: 'Which alerts.',
  fields: (t) => ({
    isOpen: t.boolean({ required: false, description: 'Only those that are open, or that are cleared.' }),
    isAcknowledged: t.boolean({
      required: false,
      description: 'Only those that somebody acknowledged, or that nobody did.',
    }),
    kind: t.field({ type: [AlertKind], required: false, description: 'Of one of these kinds.' }),
    severity: t.field({ type: [AlertSeverity], required: false, description: 'As bad as this.' }),
    zoneId: t.id({ required: false, description: 'Of things in this zone.' }),
    targetId: t.id({ required: false, description: 'About this thing.' }),
  }),
});

addListField({
  field: 'alerts',
  type: 'Alert',
  plural: 'alerts',
  node: Alert,
  table: 'Alert',
  permission: 'alert.list',
  searched: ['targetName', 'message'],
  orders: { SEVERITY: { column: 'severity', description: 'By how bad it is, warnings first.' } },
  filter: {
    input: AlertFilter,
    where: ({ isOpen, isAcknowledged, kind, severity, zoneId, targetId }) => [
      ...(isOpen == null
        ? []
        : [isOpen ? sql<boolean>`"clearedAt" is null` : sql<boolean>`"clearedAt" is not null`]),
      ...(isAcknowledged == null ? [] : [sql<boolean>`("acknowledgedAt" is not null) = ${isAcknowledged}`]),
      ...(kind == null ? [] : [sql<boolean>`"kind"::text = any(${kind})`]),
      ...(severity == null ? [] : [sql<boolean>`"severity"::text = any(${severity})`]),
      ...(zoneId == null ? [] : [sql<boolean>`"zoneId" = ${zoneId}`]),
      ...(targetId == null ? [] : [sql<boolean>`"targetId" = ${targetId}`]),
    ],
  },
});

const AlertCountsRef = builder.objectRef<AlertCounts>('AlertCounts').implement({
  description: 'How many alerts are open.',
  fields: (t) => ({
    open: t.exposeInt('open', { description: 'All.' }),
    critical: t.exposeInt('critical', { description: 'Those that are CRITICAL.' }),
    warning: t.exposeInt('warning', { description: 'Those that are a WARNING.' }),
    unacknowledged: t.exposeInt('unacknowledged', { description: 'Those that nobody looks after yet.' }),
  }),
});

builder.queryField('alertCounts', (t) =>
  t.field({
    type: AlertCountsRef,
    permission: 'alert.list',
    description: 'How many alerts that you may see are open.',
    resolve: (_parent, _args, { services, actor }) => services.alerts.count(actor),
  }),
);

const AcknowledgeAlertsInput = builder.inputType('AcknowledgeAlertsInput', {
  description: 'Alerts that you look after.',
  fields: (t) => ({
    ids: t.idList({ description: 'The alerts, at most 500.' }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const AcknowledgeAlertsPayload = builder.objectRef<{ ids: string }>('AcknowledgeAlertsPayload').implement({
  description: 'The alerts that were acknowledged.',
  fields: (t) => ({
    alerts: t.field({
      type: [Alert],
      description: 'As they are now.',
      resolve: ({ ids }, _args, { load }) =>
        Promise.all(ids.split(',').map((id) => load.get('Alert', parseId('Alert', id)))),
    }),
  }),
});

builder.mutationField('acknowledgeAlerts', (t) =>
  t.field({
    type: AcknowledgeAlertsPayload,
    permission: 'alert.acknowledge',
    description:
      'Says that you look after some alerts. They stay open until their conditions no longer hold. Errors: NOT_FOUND, VALIDATION_FAILED.',
    args: { input: t.arg({ type: AcknowledgeAlertsInput, description: 'The alerts.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.alerts.acknowledge(actor, {
        ...input,
        ids: input.ids.map((id, index) => idArgument('Alert', `input.ids.${index}`, id)),
      }),
  }),
);

builder.subscriptionField('alerts', (t) =>
  t.field({
    type: Alert,
    permission: 'alert.list',
    description: 'Every alert that you may see, whenever it opens, changes or clears.',
    subscribe: (_parent, _args, context) =>
      (async function* () {
        for await (const { row } of followRows(context, 'Alert', ({ kind }) => kind === 'Alert')) {
          if (row !== null) yield row;
        }
      })(),
    resolve: (alert) => alert,
  }),
);
