import type { HostCheck as HostCheckFacts } from '@nephos/model/shapes/host-check.ts';
import { Job, jobField } from '../../activity/job-schema.ts';
import { builder } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { Host } from '../host/schema.ts';
import { SshInput } from './ssh-input-schema.ts';
import { installationsOf } from './store.ts';

const HostCheckOutcome = builder.enumType('HostCheckOutcome', {
  description: 'What is to be thought of something that was looked at on a machine.',
  values: {
    PASSED: { description: 'As it should be.' },
    WARNING: { description: 'It can be a host, but not a good one.' },
    FAILED: { description: 'It cannot be a host so.' },
  } satisfies Record<HostCheckFacts['outcome'], { description: string }>,
});

export const HostCheck = builder.objectRef<HostCheckFacts>('HostCheck').implement({
  description: 'One thing that was looked at on a machine that is to be a host.',
  fields: (t) => ({
    name: t.exposeString('name', {
      description:
        'What was looked at: `reachable`, `hostKey`, `signIn`, `rootRights` when one could not get in; else `operatingSystem`, `architecture`, `installation`, `server`, `clock`, `processor`, `memory`, `programSpace`, `stateSpace`, `tools`, `libvirt`, `qemu`, `libvirtSocket`, `kvm`, `bridges`, `hostName`.',
    }),
    outcome: t.field({
      type: HostCheckOutcome,
      description: 'What is to be thought of it.',
      resolve: ({ outcome }) => outcome,
    }),
    found: t.exposeString('found', { description: 'What was found.' }),
    remedy: t.exposeString('remedy', { description: 'What to do about it; empty when it passed.' }),
  }),
});

builder.objectField(Job, 'hostChecks', (t) =>
  t.field({
    type: [HostCheck],
    description:
      'What was found on the machine, of a job that installs an agent there; of other jobs empty. Of several for one host it is what the last one found.',
    resolve: async ({ kind, targetId }, _args, { load }) => {
      if (!installs.has(kind)) return [];
      return (await load.partsOf('hostInstallation', targetId, installationsOf))?.checks ?? [];
    },
  }),
);

const installs = new Set(['host.install', 'host.upgradeAgent']);

builder.objectFields(Host, (t) => ({
  sshAddress: t.exposeString('sshAddress', {
    nullable: true,
    description: 'Where its agent was installed over SSH; null when it was installed by hand.',
  }),
  sshPort: t.exposeInt('sshPort', { nullable: true, description: 'Port of SSH there.' }),
  sshUser: t.exposeString('sshUser', { nullable: true, description: 'User that signed in there.' }),
  sshHostKey: t.exposeString('sshHostKey', {
    nullable: true,
    description: 'Fingerprint of the key that it must show from now on.',
  }),
  checks: t.field({
    type: [HostCheck],
    description: 'What was found on the machine when its agent was last installed over SSH.',
    resolve: async ({ id }, _args, { load }) =>
      (await load.partsOf('hostInstallation', id, installationsOf))?.checks ?? [],
  }),
}));

const AddHostInput = builder.inputType('AddHostInput', {
  description: 'A new host of a cluster: an agent that has enrolled, or a machine that one is installed on.',
  fields: (t) => ({
    clusterId: t.id({ description: 'The cluster.' }),
    agentId: t.id({ required: false, description: 'The agent that runs it. Either this or `ssh`.' }),
    ssh: t.field({
      type: SshInput,
      required: false,
      description: 'Where an agent is to be installed. Either this or `agentId`.',
    }),
    name: t.string({
      required: false,
      description: 'Its name; the agent’s own, which is the machine’s host name, when left out.',
    }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const AddHostPayload = builder.objectRef<{ hostId: string; jobId: string }>('AddHostPayload').implement({
  description: 'The job that adds the host.',
  fields: (t) => ({
    hostId: t.exposeID('hostId', { description: 'Id that the host will have.' }),
    job: jobField(t),
  }),
});

builder.mutationField('addHost', (t) =>
  t.field({
    type: AddHostPayload,
    permission: 'host.add',
    description:
      'Adds a host to a cluster and attaches the cluster’s storage to it. With `ssh` it signs in, pins the host key, checks the machine, installs the agent and enrols it first; a machine that is not fit is left as it was. Errors: NOT_FOUND, VALIDATION_FAILED, RESOURCE_IN_USE, AGENT_UNREACHABLE; of the job also HOST_UNREACHABLE, HOST_UNFIT, TIMEOUT.',
    args: { input: t.arg({ type: AddHostInput, description: 'The host.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.hostInstallations.add(actor, {
        ...input,
        clusterId: idArgument('Cluster', 'input.clusterId', input.clusterId),
        agentId: optionalId('Agent', 'input.agentId', input.agentId),
      }),
  }),
);

const CheckHostInput = builder.inputType('CheckHostInput', {
  description: 'A machine that is to be a host.',
  fields: (t) => ({
    clusterId: t.id({ description: 'The cluster that it is for.' }),
    ssh: t.field({ type: SshInput, description: 'How to get into it.' }),
  }),
});

const CheckHostPayload = builder
  .objectRef<{ hostKey: string | null; checks: HostCheckFacts[] }>('CheckHostPayload')
  .implement({
    description: 'What was found on the machine.',
    fields: (t) => ({
      hostKey: t.exposeString('hostKey', {
        nullable: true,
        description: 'Fingerprint of the key that it showed; null when one could not get in.',
      }),
      checks: t.field({
        type: [HostCheck],
        description: 'What was looked at, in order. With a FAILED one it cannot be added.',
        resolve: ({ checks }) => checks,
      }),
    }),
  });

builder.mutationField('checkHost', (t) =>
  t.field({
    type: CheckHostPayload,
    permission: 'host.check',
    description:
      'Signs in to a machine and looks whether it can be a host, without changing anything there. What stands in the way is a failed check, not an error. Errors: NOT_FOUND, VALIDATION_FAILED.',
    args: { input: t.arg({ type: CheckHostInput, description: 'The machine.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.hostInstallations.check(actor, {
        ...input,
        clusterId: idArgument('Cluster', 'input.clusterId', input.clusterId),
      }),
  }),
);

const UpgradeHostAgentInput = builder.inputType('UpgradeHostAgentInput', {
  description: 'A host whose agent is to be of this server’s version.',
  fields: (t) => ({
    id: t.id({ description: 'The host.' }),
    ssh: t.field({ type: SshInput, description: 'How to get into it.' }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const UpgradeHostAgentPayload = builder
  .objectRef<{ hostId: string; jobId: string }>('UpgradeHostAgentPayload')
  .implement({
    description: 'The job that upgrades the agent.',
    fields: (t) => ({
      hostId: t.exposeID('hostId', { description: 'The host.' }),
      job: jobField(t),
    }),
  });

builder.mutationField('upgradeHostAgent', (t) =>
  t.field({
    type: UpgradeHostAgentPayload,
    permission: 'host.upgradeAgent',
    description:
      'Installs this server’s agent on a host over SSH in place of the one that is there. Machines run on; a host that shows another key than before is not touched. Errors: NOT_FOUND, VALIDATION_FAILED, INVALID_STATE for a simulated host, RESOURCE_IN_USE while another job works there over SSH; of the job also HOST_UNREACHABLE, HOST_UNFIT, TIMEOUT.',
    args: { input: t.arg({ type: UpgradeHostAgentInput, description: 'The host.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.hostInstallations.upgrade(actor, {
        ...input,
        id: idArgument('Host', 'input.id', input.id),
      }),
  }),
);
