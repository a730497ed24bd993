import { parseId } from '@nephos/model/kernel/ids.ts';
import { Job, jobField } from '../../activity/job-schema.ts';
import { builder } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import type { HostInput } from './host-admin-service.ts';
import type { OnUnmovable } from './host-emptying.ts';
import { SshInput } from '../host-installation/ssh-input-schema.ts';
import { Host } from './schema.ts';

const expectedVersion = 'Refuse with VERSION_CONFLICT if it was changed since this version.';

/** What mutations of a host answer. */
export const HostPayload = builder.objectRef<{ hostId: string }>('HostPayload').implement({
  description: 'The host that was changed.',
  fields: (t) => ({
    host: t.field({
      type: Host,
      description: 'The host as it is now.',
      resolve: ({ hostId }, _args, { load }) => load.get('Host', parseId('Host', hostId)),
    }),
  }),
});

const HostJobPayload = builder.objectRef<{ hostId: string; jobId: string }>('HostJobPayload').implement({
  description: 'The host, and the job that works on it.',
  fields: (t) => ({
    host: t.field({
      type: Host,
      nullable: true,
      description: 'The host as it is now; null when it is gone already.',
      resolve: ({ hostId }, _args, { load }) => load.find('Host', parseId('Host', hostId)),
    }),
    job: jobField(t),
  }),
});

const HostInputType = builder.inputType('HostInput', {
  description: 'Which host.',
  fields: (t) => ({
    id: t.id({ description: 'The host.' }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const hostInput = <Given extends Omit<HostInput, 'id'> & { id: string }>(input: Given) => ({
  ...input,
  id: idArgument('Host', 'input.id', input.id),
});

const UpdateHostInput = builder.inputType('UpdateHostInput', {
  description: 'Which host, and what is to be different. What is left out stays as it is.',
  fields: (t) => ({
    id: t.id({ description: 'The host.' }),
    name: t.string({ required: false, description: 'Its name, unique in the cluster.' }),
    tags: t.stringList({
      required: false,
      description: 'All tags that it is to have, which service offerings may ask for; at most 50.',
    }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('updateHost', (t) =>
  t.field({
    type: HostPayload,
    permission: 'host.update',
    description:
      'Changes what a host is called, and its tags; machines that run there run on. Errors: NOT_FOUND, VALIDATION_FAILED, VERSION_CONFLICT.',
    args: { input: t.arg({ type: UpdateHostInput, description: 'The host, and what changes.' }) },
    resolve: (_parent, { input }, { services, actor }) => services.hostAdmin.update(actor, hostInput(input)),
  }),
);

builder.mutationField('enableHost', (t) =>
  t.field({
    type: HostPayload,
    permission: 'host.enable',
    description:
      'Has a disabled host take machines again. Errors: NOT_FOUND, INVALID_STATE, VERSION_CONFLICT.',
    args: { input: t.arg({ type: HostInputType, description: 'Which host.' }) },
    resolve: (_parent, { input }, { services, actor }) => services.hostAdmin.enable(actor, hostInput(input)),
  }),
);

builder.mutationField('disableHost', (t) =>
  t.field({
    type: HostPayload,
    permission: 'host.disable',
    description:
      'Has a host take no new machines; those that run there run on. Errors: NOT_FOUND, INVALID_STATE, VERSION_CONFLICT.',
    args: { input: t.arg({ type: HostInputType, description: 'Which host.' }) },
    resolve: (_parent, { input }, { services, actor }) => services.hostAdmin.disable(actor, hostInput(input)),
  }),
);

builder.mutationField('reconnectHost', (t) =>
  t.field({
    type: HostPayload,
    permission: 'host.reconnect',
    description:
      'Ends the connection of a host’s agent. It connects anew at once and tells all that it has. Errors: NOT_FOUND, INVALID_STATE when it is not connected, VERSION_CONFLICT.',
    args: { input: t.arg({ type: HostInputType, description: 'Which host.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.hostAdmin.reconnect(actor, hostInput(input)),
  }),
);

const OnUnmovableEnum = builder.enumType('OnUnmovable', {
  description: 'What is done with machines that would not move.',
  values: {
    FAIL: { description: 'They stay as they are, and the host goes to ERROR_IN_MAINTENANCE.' },
    STOP: { description: 'They are stopped: by their power button, then by their plug.' },
  } satisfies Record<OnUnmovable, { description: string }>,
});

const PrepareHostForMaintenanceInput = builder.inputType('PrepareHostForMaintenanceInput', {
  description: 'Which host, and how it is emptied.',
  fields: (t) => ({
    id: t.id({ description: 'The host.' }),
    onUnmovable: t.field({
      type: OnUnmovableEnum,
      defaultValue: 'FAIL',
      description: 'What is done with machines that would not move.',
    }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('prepareHostForMaintenance', (t) =>
  t.field({
    type: HostJobPayload,
    permission: 'host.prepareForMaintenance',
    description:
      'Empties a host: its machines move to others of its cluster while they run, `host.maintenance.migrations` at a time. It is in MAINTENANCE when nothing is there any more. Errors: NOT_FOUND, INVALID_STATE, VERSION_CONFLICT.',
    args: {
      input: t.arg({
        type: PrepareHostForMaintenanceInput,
        description: 'Which host, and how it is emptied.',
      }),
    },
    resolve: (_parent, { input }, { services, actor }) =>
      services.hostMaintenance.prepare(actor, hostInput(input)),
  }),
);

const CancelHostMaintenanceInput = builder.inputType('CancelHostMaintenanceInput', {
  description: 'Which host, and what becomes of the machines that left it.',
  fields: (t) => ({
    id: t.id({ description: 'The host.' }),
    returnsMachines: t.boolean({
      defaultValue: false,
      description: 'Have machines come back that left it, and run now on other hosts of its cluster.',
    }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const CancelHostMaintenancePayload = builder
  .objectRef<{ hostId: string; jobId?: string }>('CancelHostMaintenancePayload')
  .implement({
    description: 'The host, and the job that brings its machines back.',
    fields: (t) => ({
      host: t.field({
        type: Host,
        description: 'The host as it is now.',
        resolve: ({ hostId }, _args, { load }) => load.get('Host', parseId('Host', hostId)),
      }),
      job: t.field({
        type: Job,
        nullable: true,
        description: 'The job; null when no machine is to come back.',
        resolve: ({ jobId }, _args, { load }) =>
          jobId === undefined ? null : load.get('Job', parseId('Job', jobId)),
      }),
    }),
  });

builder.mutationField('cancelHostMaintenance', (t) =>
  t.field({
    type: CancelHostMaintenancePayload,
    permission: 'host.cancelMaintenance',
    description:
      'Has a host take machines again, at once, whether it is empty by now or not. What has moved stays where it is, unless it is to come back. Errors: NOT_FOUND, INVALID_STATE, VERSION_CONFLICT.',
    args: { input: t.arg({ type: CancelHostMaintenanceInput, description: 'Which host.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.hostMaintenance.cancel(actor, hostInput(input)),
  }),
);

const DeleteHostInput = builder.inputType('DeleteHostInput', {
  description: 'Which host.',
  fields: (t) => ({
    id: t.id({ description: 'The host.' }),
    isForced: t.boolean({
      defaultValue: false,
      description: 'Delete it though it is silent: only when it is ALERT or DOWN, and will never come back.',
    }),
    confirmsThatItIsOff: t.boolean({
      defaultValue: false,
      description:
        'With `isForced`: you made sure that the host is off. Its machines are STOPPED then, and can be started elsewhere.',
    }),
    ssh: t.field({
      type: SshInput,
      required: false,
      description:
        'How to get into it, to take the agent off. Without it the agent stays there, and its certificate is of no use.',
    }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('deleteHost', (t) =>
  t.field({
    type: HostJobPayload,
    permission: 'host.delete',
    description:
      'Removes a host on which nothing is, and revokes its agent’s certificate. Errors: NOT_FOUND, INVALID_STATE, RESOURCE_IN_USE while machines are there or disks on its local storage, or while it is being deleted already, VERSION_CONFLICT.',
    args: { input: t.arg({ type: DeleteHostInput, description: 'Which host.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.hostRemoval.delete(actor, hostInput(input)),
  }),
);
