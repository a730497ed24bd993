import { parseId } from '@nephos/model/kernel/ids.ts';
import { Job } from '../../../activity/job-schema.ts';
import { builder } from '../../../graphql/builder.ts';
import { idArgument, optionalId } from '../../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../../graphql/idempotency-key-field.ts';
import type { DraftChange } from './draft-change.ts';
import {
  ZoneDraftClusterInput,
  ZoneDraftDetailsInput,
  ZoneDraftGuestRangeInput,
  ZoneDraftHostInput,
  ZoneDraftImageStoreInput,
  ZoneDraftNetworkInput,
  ZoneDraftPodInput,
  ZoneDraftPrimaryStorageInput,
} from './plan-input-schema.ts';
import { ZoneDraft, ZoneDraftStep } from './schema.ts';

const ZoneDraftPlanInput = builder.inputType('ZoneDraftPlanInput', {
  description: 'Parts of a plan, each given whole. What is left out stays as it is.',
  fields: (t) => ({
    zone: t.field({ type: ZoneDraftDetailsInput, required: false, description: 'The zone itself.' }),
    physicalNetworks: t.field({
      type: [ZoneDraftNetworkInput],
      required: false,
      description: 'Networks that the hosts are wired to; at most 16.',
    }),
    pod: t.field({ type: ZoneDraftPodInput, required: false, description: 'Its first pod.' }),
    guestRange: t.field({
      type: ZoneDraftGuestRangeInput,
      required: false,
      description: 'Addresses for the guests of that pod.',
    }),
    cluster: t.field({ type: ZoneDraftClusterInput, required: false, description: 'Its first cluster.' }),
    hosts: t.field({
      type: [ZoneDraftHostInput],
      required: false,
      description: 'The hosts of that cluster; at most 64.',
    }),
    primaryStorage: t.field({
      type: ZoneDraftPrimaryStorageInput,
      required: false,
      description: 'Where disks lie.',
    }),
    imageStore: t.field({
      type: ZoneDraftImageStoreInput,
      required: false,
      description: 'Where templates and ISOs lie.',
    }),
  }),
});

type GivenPlan = typeof ZoneDraftPlanInput.$inferInput;

/** What was given, with ids of their kinds. */
function changeOf(given: GivenPlan | null | undefined): DraftChange {
  const { zone, hosts, imageStore, physicalNetworks, pod, guestRange, cluster, primaryStorage } = given ?? {};
  const path = 'input.plan';
  return {
    ...(physicalNetworks && { physicalNetworks }),
    ...(pod && { pod }),
    ...(guestRange && { guestRange }),
    ...(cluster && { cluster }),
    ...(primaryStorage && { primaryStorage }),
    ...(zone && {
      zone: {
        ...zone,
        dedicatedDomainId: optionalId('Domain', `${path}.zone.dedicatedDomainId`, zone.dedicatedDomainId),
        dedicatedAccountId: optionalId('Account', `${path}.zone.dedicatedAccountId`, zone.dedicatedAccountId),
      },
    }),
    ...(hosts && {
      hosts: hosts.map(({ key, name, agentId, ssh }, index) => ({
        key,
        name,
        agentId: optionalId('Agent', `${path}.hosts.${index}.agentId`, agentId),
        ssh: ssh ?? null,
      })),
    }),
    ...(imageStore && {
      imageStore: {
        ...imageStore,
        agentId: optionalId('Agent', `${path}.imageStore.agentId`, imageStore.agentId),
      },
    }),
  };
}

const ZoneDraftPayload = builder.objectRef<{ draftId: string }>('ZoneDraftPayload').implement({
  description: 'The draft, with what stands in its way now.',
  fields: (t) => ({
    zoneDraft: t.field({
      type: ZoneDraft,
      description: 'The draft as it is now.',
      resolve: ({ draftId }, _args, { load }) => load.get('ZoneDraft', parseId('ZoneDraft', draftId)),
    }),
  }),
});

const ZoneDraftJobPayload = builder
  .objectRef<{ draftId: string; jobId: string }>('ZoneDraftJobPayload')
  .implement({
    description: 'The draft, and the job that works on it.',
    fields: (t) => ({
      zoneDraft: t.field({
        type: ZoneDraft,
        nullable: true,
        description: 'The draft as it is now; null when it is gone already.',
        resolve: ({ draftId }, _args, { load }) => load.find('ZoneDraft', parseId('ZoneDraft', draftId)),
      }),
      job: t.field({
        type: Job,
        description: 'The job.',
        resolve: ({ jobId }, _args, { load }) => load.get('Job', parseId('Job', jobId)),
      }),
    }),
  });

const CreateZoneDraftInput = builder.inputType('CreateZoneDraftInput', {
  description: 'A new draft.',
  fields: (t) => ({
    name: t.string({
      required: false,
      description:
        'Name of the zone, where nothing else of it is known; a free one like `zone-1` when left out.',
    }),
    plan: t.field({
      type: ZoneDraftPlanInput,
      required: false,
      description: 'What is known already; the rest begins with usual values of a zone on one machine.',
    }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('createZoneDraft', (t) =>
  t.field({
    type: ZoneDraftPayload,
    permission: 'zoneDraft.create',
    description:
      'Begins to plan a zone. Nothing is made until it is launched. Errors: NOT_FOUND and FORBIDDEN for whom it is to be reserved, VALIDATION_FAILED.',
    args: { input: t.arg({ type: CreateZoneDraftInput, description: 'The draft.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.zoneDrafts.create(actor, {
        name: input.name,
        change: changeOf(input.plan),
        idempotencyKey: input.idempotencyKey,
      }),
  }),
);

const UpdateZoneDraftInput = builder.inputType('UpdateZoneDraftInput', {
  description: 'Which draft, and what is to be different.',
  fields: (t) => ({
    id: t.id({ description: 'The draft.' }),
    plan: t.field({ type: ZoneDraftPlanInput, required: false, description: 'Parts that are to be others.' }),
    step: t.field({ type: ZoneDraftStep, required: false, description: 'Where one is now.' }),
    expectedVersion: t.int({
      description: 'Refuse with VERSION_CONFLICT if it was changed since this version.',
    }),
  }),
});

builder.mutationField('updateZoneDraft', (t) =>
  t.field({
    type: ZoneDraftPayload,
    permission: 'zoneDraft.update',
    description:
      'Changes a draft, right or wrong: what stands in the way of launching it is told by its `problems`. Errors: NOT_FOUND, VERSION_CONFLICT, INVALID_STATE for what was made already and while a job works on it, VALIDATION_FAILED for what is too long or too much to keep.',
    args: { input: t.arg({ type: UpdateZoneDraftInput, description: 'The change.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.zoneDrafts.update(actor, {
        id: idArgument('ZoneDraft', 'input.id', input.id),
        expectedVersion: input.expectedVersion,
        step: input.step ?? undefined,
        change: changeOf(input.plan),
      }),
  }),
);

const CheckZoneDraftHostInput = builder.inputType('CheckZoneDraftHostInput', {
  description: 'A machine of a draft.',
  fields: (t) => ({
    id: t.id({ description: 'The draft.' }),
    key: t.string({ description: 'Key of the host.' }),
  }),
});

builder.mutationField('checkZoneDraftHost', (t) =>
  t.field({
    type: ZoneDraftPayload,
    permission: 'host.check',
    description:
      'Signs in to a machine of a draft and looks whether it can be a host, without changing anything there; pins the key that it shows. What stands in the way is a failed check, not an error. Errors: NOT_FOUND, INVALID_STATE, VALIDATION_FAILED.',
    args: { input: t.arg({ type: CheckZoneDraftHostInput, description: 'The machine.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.zoneDrafts.checkHost(actor, {
        key: input.key,
        id: idArgument('ZoneDraft', 'input.id', input.id),
      }),
  }),
);

const LaunchZoneDraftInput = builder.inputType('LaunchZoneDraftInput', {
  description: 'Which draft.',
  fields: (t) => ({
    id: t.id({ description: 'The draft.' }),
    expectedVersion: t.int({
      required: false,
      description: 'Refuse with VERSION_CONFLICT if it was changed since this version.',
    }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('launchZoneDraft', (t) =>
  t.field({
    type: ZoneDraftJobPayload,
    permission: 'zoneDraft.launch',
    description:
      'Makes the zone, as one job. When a step fails, what was made before stays; once the input of that step is mended, the next launch goes on there. Errors: NOT_FOUND, VERSION_CONFLICT, INVALID_STATE, VALIDATION_FAILED that names all that stands in the way; of the job also AGENT_UNREACHABLE, AGENT_FAILED, HOST_UNREACHABLE, HOST_UNFIT, TIMEOUT.',
    args: { input: t.arg({ type: LaunchZoneDraftInput, description: 'The draft.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.zoneLaunches.launch(actor, { ...input, id: idArgument('ZoneDraft', 'input.id', input.id) }),
  }),
);

const DiscardZoneDraftInput = builder.inputType('DiscardZoneDraftInput', {
  description: 'Which draft.',
  fields: (t) => ({
    id: t.id({ description: 'The draft.' }),
    expectedVersion: t.int({
      required: false,
      description: 'Refuse with VERSION_CONFLICT if it was changed since this version.',
    }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('discardZoneDraft', (t) =>
  t.field({
    type: ZoneDraftJobPayload,
    permission: 'zoneDraft.discard',
    description:
      'Removes what launches of a draft have made, and then the draft, as one job. Errors: NOT_FOUND, VERSION_CONFLICT, INVALID_STATE, RESOURCE_IN_USE when something else is in the zone; of the job also AGENT_UNREACHABLE.',
    args: { input: t.arg({ type: DiscardZoneDraftInput, description: 'The draft.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.zoneLaunches.discard(actor, { ...input, id: idArgument('ZoneDraft', 'input.id', input.id) }),
  }),
);

const DeleteZoneDraftInput = builder.inputType('DeleteZoneDraftInput', {
  description: 'Which draft.',
  fields: (t) => ({ id: t.id({ description: 'The draft.' }) }),
});

const DeleteZoneDraftPayload = builder.objectRef<{ id: string }>('DeleteZoneDraftPayload').implement({
  description: 'The draft that is gone.',
  fields: (t) => ({ id: t.exposeID('id', { description: 'Its id.' }) }),
});

builder.mutationField('deleteZoneDraft', (t) =>
  t.field({
    type: DeleteZoneDraftPayload,
    permission: 'zoneDraft.delete',
    description:
      'Deletes a draft of which nothing was made, or the papers of a zone that is there. Errors: NOT_FOUND, INVALID_STATE when something was made: discard it instead.',
    args: { input: t.arg({ type: DeleteZoneDraftInput, description: 'The draft.' }) },
    resolve: async (_parent, { input }, { services, actor }) => {
      const id = idArgument('ZoneDraft', 'input.id', input.id);
      await services.zoneDrafts.delete(actor, id);
      return { id };
    },
  }),
);
