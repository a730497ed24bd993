import type { Row } from '@nephos/model/database.ts';
import type { ImageStoreState as ImageStoreStates } from '@nephos/model/generated/enums.ts';
import { jobField } from '../../activity/job-schema.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { addListField } from '../../graphql/list-field.ts';
import { Zone } from '../zone/schema.ts';

const ImageStoreState = builder.enumType('ImageStoreState', {
  description: 'Whether an image store can be used.',
  values: {
    ATTACHING: { description: 'Is being made ready.' },
    UP: { description: 'Takes templates and ISOs.' },
    ERROR: { description: 'Cannot be used.' },
  } satisfies Record<keyof typeof ImageStoreStates, { description: string }>,
});

/** An image store. */
export const ImageStore = builder.objectRef<Row<'ImageStore'>>('ImageStore').implement({
  description: 'Secondary storage of a zone: holds templates and ISOs.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, unique in the zone.' }),
    path: t.exposeString('path', {
      description: 'Its directory, at the same path on storage agents and hosts.',
    }),
    state: t.field({
      type: ImageStoreState,
      description: 'Whether it can be used.',
      resolve: ({ state }) => state,
    }),
    total: t.expose('totalBytes', { type: 'Bytes', description: 'Its size when it was attached.' }),
    used: t.expose('usedBytes', { type: 'Bytes', description: 'What of it was used when it was attached.' }),
    zone: t.field({
      type: Zone,
      description: 'The zone it is in.',
      resolve: ({ zoneId }, _args, { load }) => load.get('Zone', zoneId),
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was added.' }),
  }),
});

const ImageStoreFilter = builder.inputType('ImageStoreFilter', {
  description: 'Which image stores.',
  fields: (t) => ({
    zoneId: t.id({ required: false, description: 'In this zone.' }),
    state: t.field({ type: [ImageStoreState], required: false, description: 'In one of these states.' }),
  }),
});

addListField({
  field: 'imageStores',
  type: 'ImageStore',
  plural: 'image stores',
  node: ImageStore,
  table: 'ImageStore',
  permission: 'imageStore.list',
  searched: ['name', 'path'],
  filter: {
    input: ImageStoreFilter,
    where: ({ zoneId, state }) => [
      ...(zoneId == null ? [] : [sql<boolean>`"zoneId" = ${zoneId}`]),
      ...(state == null ? [] : [sql<boolean>`"state"::text = any(${state})`]),
    ],
  },
});

export const ImageStorePlanInput = builder.inputType('ImageStorePlanInput', {
  description: 'New secondary storage.',
  fields: (t) => ({
    name: t.string({ description: 'Its name, unique in the zone.' }),
    path: t.string({
      description:
        'Absolute path of its directory: local, or a mounted network share. The same on storage agents and hosts.',
    }),
    agentId: t.id({
      required: false,
      description: 'Storage agent that is to look after it; any free one when left out.',
    }),
  }),
});

const CreateImageStoreInput = builder.inputType('CreateImageStoreInput', {
  description: 'New secondary storage of a zone.',
  fields: (t) => ({
    zoneId: t.id({ description: 'The zone.' }),
    name: t.string({ description: 'Its name, unique in the zone.' }),
    path: t.string({ description: 'Absolute path of its directory.' }),
    agentId: t.id({
      required: false,
      description: 'Storage agent that is to look after it; any free one when left out.',
    }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const CreateImageStorePayload = builder
  .objectRef<{ imageStoreId: string; jobId: string }>('CreateImageStorePayload')
  .implement({
    description: 'The job that adds the store.',
    fields: (t) => ({
      imageStoreId: t.exposeID('imageStoreId', { description: 'Id that the store will have.' }),
      job: jobField(t),
    }),
  });

builder.mutationField('createImageStore', (t) =>
  t.field({
    type: CreateImageStorePayload,
    permission: 'imageStore.create',
    description:
      'Attaches a directory as secondary storage. Errors: NOT_FOUND, VALIDATION_FAILED, AGENT_UNREACHABLE.',
    args: { input: t.arg({ type: CreateImageStoreInput, description: 'The store.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.imageStores.create(actor, {
        ...input,
        zoneId: idArgument('Zone', 'input.zoneId', input.zoneId),
        agentId: optionalId('Agent', 'input.agentId', input.agentId),
      }),
  }),
);
