import type { LimitedResource as LimitedResources } from '@nephos/model/generated/enums.ts';
import { builder } from '../../graphql/builder.ts';
import { optionalId } from '../../graphql/id-argument.ts';
import { Account } from '../account/schema.ts';
import type { Drift, LimitView } from './limit-service.ts';
import { sizedResources } from './limited-resources.ts';

export const LimitedResource = builder.enumType('LimitedResource', {
  description: 'What can be limited.',
  values: {
    VIRTUAL_MACHINE: { description: 'Machines, on or off.' },
    CPU: { description: 'Virtual processors of all machines, on or off.' },
    MEMORY: { description: 'Memory of all machines, on or off, in bytes.' },
    VOLUME: { description: 'Disks.' },
    PRIMARY_STORAGE: { description: 'Sizes of all disks, and of the memory that snapshots keep, in bytes.' },
    SECONDARY_STORAGE: { description: 'Sizes of the files of templates, ISOs and snapshots, in bytes.' },
    SNAPSHOT: { description: 'Snapshots of disks.' },
    TEMPLATE: { description: 'Templates and ISOs.' },
    NETWORK: { description: 'Guest networks.' },
    PUBLIC_IP: { description: 'Public addresses.' },
    PROJECT: { description: 'Projects that the account made.' },
    BACKUP: { description: 'Backups of machines.' },
    API_KEY: { description: 'API keys of all users.' },
  } satisfies Record<keyof typeof LimitedResources, { description: string }>,
});

const ResourceLimit = builder.objectRef<LimitView>('ResourceLimit').implement({
  description: 'How much of something an account, a project or a domain may have, and has.',
  fields: (t) => ({
    ownerId: t.exposeID('ownerId', {
      description: 'The account or domain; for a project, the account that it owns things by.',
    }),
    resource: t.field({
      type: LimitedResource,
      description: 'Of what.',
      resolve: ({ resource }) => resource,
    }),
    isSize: t.boolean({
      description: 'Whether it is counted in bytes.',
      resolve: ({ resource }) => sizedResources.has(resource),
    }),
    maximum: t.expose('maximum', {
      type: 'Bytes',
      nullable: true,
      description: 'The most there may be, in pieces or bytes; null: no limit.',
    }),
    used: t.expose('used', {
      type: 'Bytes',
      description: 'How much there is, in pieces or bytes; of a domain, in all accounts of its branch.',
    }),
    isDefault: t.exposeBoolean('isDefault', {
      description:
        'Whether nobody set it: then it is the default of the settings `max.account.*` or `max.project.*`.',
    }),
    version: t.exposeInt('version', { description: 'Counts its changes; 0 while nobody set it.' }),
  }),
});

builder.queryField('resourceLimits', (t) =>
  t.field({
    type: [ResourceLimit],
    permission: 'resourceLimit.list',
    description:
      'What an account, a project or a domain may have, and has. Errors: NOT_FOUND, VALIDATION_FAILED.',
    args: { ownerId: t.arg.id({ description: 'The account, project or domain.' }) },
    resolve: (_parent, { ownerId }, { services, actor }) => services.limits.list(actor, ownerId),
  }),
);

const UpdateResourceLimitInput = builder.inputType('UpdateResourceLimitInput', {
  description: 'Whose limit, and what it is to be.',
  fields: (t) => ({
    ownerId: t.id({ description: 'The account, project or domain.' }),
    resource: t.field({ type: LimitedResource, description: 'Of what.' }),
    maximum: t.field({
      type: 'Bytes',
      required: false,
      description: 'The most there may be, in pieces or bytes; null: no limit; left out: the default again.',
    }),
    expectedVersion: t.int({
      required: false,
      description: 'Fails with VERSION_CONFLICT unless the limit is at this version.',
    }),
  }),
});

const UpdateResourceLimitPayload = builder
  .objectRef<{ limit: LimitView }>('UpdateResourceLimitPayload')
  .implement({
    description: 'The limit that was set.',
    fields: (t) => ({
      resourceLimit: t.field({
        type: ResourceLimit,
        description: 'The limit as it is now.',
        resolve: ({ limit }) => limit,
      }),
    }),
  });

builder.mutationField('updateResourceLimit', (t) =>
  t.field({
    type: UpdateResourceLimitPayload,
    permission: 'resourceLimit.update',
    description:
      'Sets a limit; a domain’s bounds the sum of all accounts below it. It may be below what is used: then nothing can be added. Errors: NOT_FOUND, VALIDATION_FAILED, VERSION_CONFLICT, FORBIDDEN for the limits that you are under yourself.',
    args: {
      input: t.arg({ type: UpdateResourceLimitInput, description: 'Whose limit, and what it is to be.' }),
    },
    resolve: async (_parent, { input }, { services, actor }) => ({
      limit: await services.limits.update(actor, {
        ownerId: input.ownerId,
        resource: input.resource,
        maximum: input.maximum,
        expectedVersion: input.expectedVersion,
      }),
    }),
  }),
);

const ResourceDrift = builder.objectRef<Drift>('ResourceDrift').implement({
  description: 'A counter that did not say what is there.',
  fields: (t) => ({
    account: t.field({
      type: Account,
      nullable: true,
      description: 'Whose counter.',
      resolve: ({ accountId }, _args, { load }) => load.find('Account', accountId),
    }),
    resource: t.field({
      type: LimitedResource,
      description: 'Of what.',
      resolve: ({ resource }) => resource,
    }),
    counted: t.expose('counted', { type: 'Bytes', description: 'What the counter said.' }),
    actual: t.expose('actual', { type: 'Bytes', description: 'What is there.' }),
  }),
});

const RecountResourcesInput = builder.inputType('RecountResourcesInput', {
  description: 'What to count anew.',
  fields: (t) => ({
    accountId: t.id({ required: false, description: 'This account; all that you may see when left out.' }),
    isMending: t.boolean({ defaultValue: false, description: 'Whether to set wrong counters right.' }),
  }),
});

const RecountResourcesPayload = builder.objectRef<{ drift: Drift[] }>('RecountResourcesPayload').implement({
  description: 'What was found.',
  fields: (t) => ({
    drift: t.field({
      type: [ResourceDrift],
      description: 'Every counter that did not say what is there; empty when all are right.',
      resolve: ({ drift }) => drift,
    }),
  }),
});

builder.mutationField('recountResources', (t) =>
  t.field({
    type: RecountResourcesPayload,
    permission: 'resourceLimit.recount',
    description:
      'Counts anew what accounts have, says where the counters of limits are wrong, and sets them right if asked. Errors: NOT_FOUND.',
    args: { input: t.arg({ type: RecountResourcesInput, description: 'What to count anew.' }) },
    resolve: async (_parent, { input }, { services, actor }) => ({
      drift: await services.limits.recount(actor, {
        accountId: optionalId('Account', 'input.accountId', input.accountId),
        isMending: input.isMending,
      }),
    }),
  }),
);
