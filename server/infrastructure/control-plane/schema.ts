import { builder } from '../../graphql/builder.ts';
import { readDatabase, readServers, readUsage } from './control-plane-store.ts';
import type { DatabaseRow, ServerRow, UsageRow } from './control-plane-store.ts';

const ManagementServer = builder.objectRef<ServerRow>('ManagementServer').implement({
  description: 'A management server that is, or lately was, alive.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Its id, anew with each start.' }),
    hostname: t.exposeString('hostname', { description: 'Name of the machine that it runs on.' }),
    pid: t.exposeInt('pid', { description: 'Number of its process there.' }),
    softwareVersion: t.exposeString('softwareVersion', {
      description: 'Version of its program; empty before 0.2.',
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it started.' }),
    leaseUntil: t.expose('leaseUntil', {
      type: 'DateTime',
      description: 'Until when it counts as alive; it renews that every few seconds.',
    }),
    isAlive: t.exposeBoolean('isAlive', { description: 'Whether it does.' }),
    isAnswering: t.boolean({
      description: 'Whether it is the one that answers this.',
      resolve: ({ id }, _args, { platform }) => id === platform.serverId,
    }),
    isNumbering: t.exposeBoolean('isNumbering', {
      description: 'Whether it is the one that numbers changes for all; another takes over when it ends.',
    }),
    agents: t.exposeInt('agents', { description: 'How many agents are connected to it.' }),
    jobs: t.exposeInt('jobs', { description: 'How many jobs it has in hand.' }),
  }),
});

const UsageDaemon = builder.objectRef<UsageRow>('UsageDaemon').implement({
  description: 'What meters and rates usage: of several daemons one works, and others stand by.',
  fields: (t) => ({
    isRunning: t.exposeBoolean('isRunning', { description: 'Whether one works.' }),
    costsUntil: t.expose('costsUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when costs are worked out; null before the first time.',
    }),
    periodEndsAt: t.expose('periodEndsAt', {
      type: 'DateTime',
      nullable: true,
      description: 'End of the last period that was closed; null before the first.',
    }),
    closedAt: t.expose('closedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When that was closed.',
    }),
  }),
});

const ControlDatabase = builder.objectRef<DatabaseRow>('ControlDatabase').implement({
  description: 'The database that everything stands in.',
  fields: (t) => ({
    version: t.exposeString('version', { description: 'Version of PostgreSQL.' }),
    size: t.expose('sizeBytes', { type: 'Bytes', description: 'How large it is on disk.' }),
    connections: t.exposeInt('connections', { description: 'How many connections it has now.' }),
    connectionsMost: t.exposeInt('connectionsMost', { description: 'How many it can have.' }),
  }),
});

const ControlPlane = builder.objectRef<object>('ControlPlane').implement({
  description: 'The platform’s own parts.',
  fields: (t) => ({
    servers: t.field({
      type: [ManagementServer],
      description: 'Management servers, the oldest first.',
      resolve: (_parent, _args, { platform }) => readServers(platform.db),
    }),
    usage: t.field({
      type: UsageDaemon,
      description: 'The usage daemon.',
      resolve: (_parent, _args, { platform }) => readUsage(platform.db),
    }),
    database: t.field({
      type: ControlDatabase,
      description: 'The database.',
      resolve: (_parent, _args, { platform }) => readDatabase(platform.db),
    }),
  }),
});

builder.queryField('controlPlane', (t) =>
  t.field({
    type: ControlPlane,
    permission: 'controlPlane.list',
    description: 'The platform’s own parts, and whether they live.',
    resolve: () => ({}),
  }),
);
