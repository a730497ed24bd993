import type { Row } from '@nephos/model/database.ts';
import type { AgentKind as AgentKinds } from '@nephos/model/generated/enums.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { addListField } from '../../graphql/list-field.ts';
import { isAliveServer } from '../../platform/servers/server-instance.ts';
import { factsOf } from '../host/store.ts';
import { Zone } from '../zone/schema.ts';
import type { MadeToken } from './agent-service.ts';
import { connectedAgents } from './store.ts';

export const AgentKind = builder.enumType('AgentKind', {
  description: 'What an agent does.',
  values: {
    HOST: { description: 'Runs machines on a hypervisor host.' },
    STORAGE: { description: 'Fetches, checks and keeps templates and ISOs.' },
  } satisfies Record<keyof typeof AgentKinds, { description: string }>,
});

/** An agent. */
export const Agent = builder.objectRef<Row<'Agent'>>('Agent').implement({
  description: 'A program that acts for the platform on some machine, known by its certificate.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'Name that it enrolled under; the host name unless it was told otherwise.',
    }),
    kind: t.field({ type: AgentKind, description: 'What it does.', resolve: ({ kind }) => kind }),
    isConnected: t.boolean({
      description: 'Whether it is connected to a management server now.',
      resolve: async ({ id }, _args, { load }) =>
        (await load.partsOf('connection', id, connectedAgents)) !== undefined,
    }),
    connectedSince: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Since when; null when it is not.',
      resolve: async ({ id }, _args, { load }) =>
        (await load.partsOf('connection', id, connectedAgents)) ?? null,
    }),
    zone: t.field({
      type: Zone,
      nullable: true,
      description:
        'The zone that a storage agent works for; null for other agents, and while it works for none.',
      resolve: ({ zoneId }, _args, { load }) => (zoneId === null ? null : load.find('Zone', zoneId)),
    }),
    driver: t.string({
      nullable: true,
      description: 'What a host agent drives: `libvirt` or `simulator`. Null before it connected first.',
      resolve: (agent) => (agent.facts === null ? null : factsOf(agent).driver),
    }),
    hypervisor: t.string({
      nullable: true,
      description:
        'Hypervisor type that its cluster must have: `KVM` or `SIMULATOR`. Null before it connected first.',
      resolve: (agent) => (agent.facts === null ? null : factsOf(agent).hypervisor),
    }),
    softwareVersion: t.exposeString('softwareVersion', {
      description: 'Program version it last connected with.',
    }),
    certificateUntil: t.expose('certificateUntil', {
      type: 'DateTime',
      description: 'When its certificate ends; it renews it before.',
    }),
    revokedAt: t.expose('revokedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its certificate was revoked, as its host was deleted: it is let in no more.',
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it enrolled.' }),
  }),
});

const AgentFilter = builder.inputType('AgentFilter', {
  description: 'Which agents.',
  fields: (t) => ({
    kind: t.field({ type: AgentKind, required: false, description: 'Of this kind.' }),
    isConnected: t.boolean({
      required: false,
      description: 'Connected to a management server now, or not.',
    }),
    isFree: t.boolean({
      required: false,
      description: 'With true: only agents that are no host yet and work for no zone.',
    }),
  }),
});

addListField({
  field: 'agents',
  type: 'Agent',
  plural: 'agents',
  node: Agent,
  table: 'Agent',
  permission: 'agent.list',
  searched: ['name'],
  orders: { NAME: { column: 'name', description: 'By name.' } },
  filter: {
    input: AgentFilter,
    where: ({ kind, isConnected, isFree }) => [
      ...(kind == null ? [] : [sql<boolean>`"kind"::text = ${kind}`]),
      ...(isConnected == null
        ? []
        : [
            sql<boolean>`${isConnected} = exists (select from "AgentConnection" c where c."agentId" = "Agent"."id" and ${isAliveServer('c.serverId')})`,
          ]),
      ...(isFree !== true
        ? []
        : [
            sql<boolean>`"zoneId" is null and "revokedAt" is null and not exists (select 1 from "Host" h where h."agentId" = "Agent"."id")`,
          ]),
    ],
  },
});

const CreateEnrolmentTokenInput = builder.inputType('CreateEnrolmentTokenInput', {
  description: 'What a new enrolment token admits.',
  fields: (t) => ({
    kind: t.field({ type: AgentKind, description: 'Kind of agent.' }),
    uses: t.int({ defaultValue: 1, description: 'How many agents it admits, 1 to 10,000.' }),
    validMinutes: t.int({ defaultValue: 60, description: 'Minutes until it ends, 1 to 10,080.' }),
  }),
});

const EnrolmentToken = builder.objectRef<MadeToken>('EnrolmentToken').implement({
  description: 'What an agent needs to enrol.',
  fields: (t) => ({
    token: t.exposeString('token', {
      description:
        'Put it into the agent’s NEPHOS_ENROLMENT_TOKEN_FILE, or run `installCommand`. Shown now and never again.',
    }),
    installCommand: t.string({
      nullable: true,
      description:
        'For host agents: a line for a terminal on the host, which fetches the agent from this server, checks that it is the server’s, starts it and enrols it with this token. It holds the token. Null for other agents.',
      resolve: ({ kind, token }, _args, { services }) =>
        kind === 'HOST' ? services.handInstallation.commandFor(token) : null,
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it ends.' }),
  }),
});

builder.mutationField('createEnrolmentToken', (t) =>
  t.field({
    type: EnrolmentToken,
    permission: 'agent.createEnrolmentToken',
    description: 'Makes a token by which new agents enrol. Errors: VALIDATION_FAILED.',
    args: { input: t.arg({ type: CreateEnrolmentTokenInput, description: 'What it admits.' }) },
    resolve: (_parent, { input }, { services, actor }) => services.agents.createToken(actor, input),
  }),
);
