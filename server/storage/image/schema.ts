import type { Row } from '@nephos/model/database.ts';
import type {
  ImageFormat as ImageFormats,
  ImageReplicaState as ImageReplicaStates,
} from '@nephos/model/generated/enums.ts';
import { type ImageId } from '@nephos/model/kernel/ids.ts';
import { sql, type RawBuilder } from 'kysely';
import { jobField } from '../../activity/job-schema.ts';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { addListField } from '../../graphql/list-field.ts';
import { ownerField } from '../../graphql/owner-field.ts';
import { Account } from '../../identity/account/schema.ts';
import { Zone } from '../../infrastructure/zone/schema.ts';
import { scopeOf } from '../../identity/access/visibility.ts';
import type { Actor } from '../../platform/actor.ts';
import { grantsOf, type GrantFacts } from './sharing-service.ts';
import { replicasOf } from './store.ts';

const ImageFormat = builder.enumType('ImageFormat', {
  description: 'Format of an image file. It is never guessed.',
  values: {
    QCOW2: { description: 'QEMU’s own; without a backing file.' },
    RAW: { description: 'The bytes of the disk.' },
    ISO: { description: 'An optical disc.' },
  } satisfies Record<keyof typeof ImageFormats, { description: string }>,
});

const ImageReplicaState = builder.enumType('ImageState', {
  description: 'Whether an image can be used in a zone.',
  values: {
    NOT_DOWNLOADED: { description: 'Is not there.' },
    DOWNLOADING: { description: 'Is being fetched, or copied from a disk.' },
    READY: { description: 'Can be used.' },
    ERROR: { description: 'Could not be fetched.' },
  } satisfies Record<keyof typeof ImageReplicaStates, { description: string }>,
});

const ImageReplica = builder.objectRef<Row<'ImageReplica'>>('ImageReplica').implement({
  description: 'An image in one zone.',
  fields: (t) => ({
    zone: t.field({
      type: Zone,
      description: 'The zone.',
      resolve: ({ zoneId }, _args, { load }) => load.get('Zone', zoneId),
    }),
    state: t.field({
      type: ImageReplicaState,
      description: 'Whether it can be used there.',
      resolve: ({ state }) => state,
    }),
    size: t.expose('sizeBytes', { type: 'Bytes', description: 'Size of its file.' }),
    virtualSize: t.expose('virtualSizeBytes', {
      type: 'Bytes',
      description: 'Size of the disk that a guest sees.',
    }),
    sha256: t.exposeString('sha256', {
      nullable: true,
      description: 'SHA-256 of its file; null for one made from a disk.',
    }),
  }),
});

const ImageGrant = builder.objectRef<GrantFacts>('ImageGrant').implement({
  description: 'An account that an image is shared with.',
  fields: (t) => ({
    accountId: t.exposeID('accountId', { description: 'The account.' }),
    accountName: t.exposeString('accountName', { description: 'Its name.' }),
    domainPath: t.exposeString('domainPath', { description: 'Path of the domain it is in.' }),
  }),
});

type ImageRow = Row<'Image'>;

const isReady = (replicas: Row<'ImageReplica'>[]) => replicas.some(({ state }) => state === 'READY');

function imageType(name: 'Template' | 'Iso', description: string) {
  return builder.objectRef<ImageRow>(name).implement({
    description,
    interfaces: [Node],
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Its name.' }),
      displayText: t.exposeString('displayText', { description: 'What it is, in a few words.' }),
      format: t.field({
        type: ImageFormat,
        description: 'Format of its file.',
        resolve: ({ format }) => format,
      }),
      url: t.exposeString('url', {
        nullable: true,
        description: 'Where it was fetched from; null for one made from a disk.',
      }),
      checksum: t.exposeString('checksum', {
        nullable: true,
        description: 'What the one who registered it demanded: `sha256:…`.',
      }),
      isPublic: t.exposeBoolean('isPublic', { description: 'Whether everyone may use it.' }),
      isFeatured: t.exposeBoolean('isFeatured', {
        description: 'Whether it is shown first among the public ones.',
      }),
      grants: t.field({
        type: [ImageGrant],
        nullable: true,
        description: 'Accounts that it is shared with; null to those who may not change it.',
        resolve: async ({ id }, _args, { load, actor }) =>
          (await load.partsOf('imageGrants', id, grantsOf(actor))) ?? null,
      }),
      isReady: t.boolean({
        description: 'Whether it can be used in at least one zone.',
        resolve: async ({ id }, _args, { load }) =>
          isReady((await load.partsOf('imageReplicas', id, replicasOf)) ?? []),
      }),
      replicas: t.field({
        type: [ImageReplica],
        description: 'The zones it is in, of those that you may see.',
        resolve: async ({ id }, _args, { load }) => {
          const replicas = (await load.partsOf('imageReplicas', id, replicasOf)) ?? [];
          const zones = await Promise.all(replicas.map(({ zoneId }) => load.find('Zone', zoneId)));
          return replicas.filter((_, index) => zones[index] !== null);
        },
      }),
      account: t.field({
        type: Account,
        nullable: true,
        description: 'The account that owns it; null when you may not see that.',
        resolve: ({ accountId }, _args, { load }) => load.find('Account', accountId),
      }),
      version: t.exposeInt('version', { description: 'Grows with every change.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was registered or made.' }),
    }),
  });
}

/** A template. */
export const Template = imageType('Template', 'A bootable disk image that machines are made from.');
/** An ISO. */
export const Iso = imageType('Iso', 'An installer disc.');

const lists = [
  {
    field: 'templates',
    type: 'Template',
    plural: 'templates',
    node: Template,
    permission: 'template.list',
    kind: 'TEMPLATE',
  },
  { field: 'isos', type: 'Iso', plural: 'ISOs', node: Iso, permission: 'iso.list', kind: 'ISO' },
] as const;

const ImageSharing = builder.enumType('ImageSharing', {
  description: 'How you come to see an image.',
  values: {
    FEATURED: { description: 'Public, and shown first.' },
    PUBLIC: { description: 'Everyone may use it.' },
    SHARED_WITH_ME: { description: 'Shared with your account, or with a project that it takes part in.' },
    MINE: { description: 'Your account owns it.' },
  } as const,
});

function conditionOf(sharing: typeof ImageSharing.$inferType, actor: Actor): RawBuilder<boolean> {
  switch (sharing) {
    case 'FEATURED':
      return sql<boolean>`("isPublic" and "isFeatured")`;
    case 'PUBLIC':
      return sql<boolean>`"isPublic"`;
    case 'MINE':
      return sql<boolean>`"accountId" = ${actor.accountId}`;
    case 'SHARED_WITH_ME':
      return sql<boolean>`exists (select 1 from "ImageGrant" g where g."imageId" = "Image"."id"
        and g."accountId" = any(${[actor.accountId, ...actor.projects.keys()]}::text[]))`;
  }
}

for (const { kind, ...list } of lists) {
  const Filter = builder.inputType(`${list.type}Filter`, {
    description: `Which ${list.plural}.`,
    fields: (t) => ({
      zoneId: t.id({ required: false, description: 'Ready in this zone.' }),
      isPublic: t.boolean({ required: false, description: 'Public ones, or with false private ones.' }),
      state: t.field({
        type: [ImageReplicaState],
        required: false,
        description: 'In one of these states in a zone that you may see.',
      }),
      sharing: t.field({
        type: ImageSharing,
        required: false,
        description: 'That you come to see in this way.',
      }),
    }),
  });
  addListField({
    ...list,
    table: 'Image',
    searched: ['name', 'displayText'],
    orders: { NAME: { column: 'name', description: 'By name.' } },
    always: sql<boolean>`"kind" = ${kind}::"ImageKind"`,
    filter: {
      input: Filter,
      where: ({ zoneId, isPublic, state, sharing }, actor) => [
        ...(sharing == null ? [] : [conditionOf(sharing, actor)]),
        ...(zoneId == null
          ? []
          : [
              sql<boolean>`exists (select 1 from "ImageReplica" r where r."imageId" = "Image"."id" and r."zoneId" = ${zoneId} and r."state" = 'READY')`,
            ]),
        ...(isPublic == null ? [] : [sql<boolean>`"isPublic" = ${isPublic}`]),
        ...(state == null
          ? []
          : [
              sql<boolean>`exists (select 1 from "ImageReplica" r where r."imageId" = "Image"."id" and r."state"::text = any(${state})
                and r."zoneId" in (select "id" from "Zone" where ${scopeOf(actor, 'Zone')}))`,
            ]),
      ],
    },
  });
}

function imagePayload(name: string, kind: 'Template' | 'Iso', ref: typeof Template, description: string) {
  return builder.objectRef<{ imageId: string; jobId: string }>(name).implement({
    description,
    fields: (t) => ({
      [kind === 'Iso' ? 'iso' : 'template']: t.field({
        type: ref,
        description: 'The image; it can be used once the job is done.',
        resolve: ({ imageId }, _args, { load }) => load.get('Image', imageId as ImageId),
      }),
      job: jobField(t),
    }),
  });
}

const registrations = [
  {
    field: 'registerTemplate',
    kind: 'TEMPLATE',
    type: 'Template',
    ref: Template,
    permission: 'template.register',
    format: 'QCOW2 or RAW',
  },
  { field: 'registerIso', kind: 'ISO', type: 'Iso', ref: Iso, permission: 'iso.register', format: 'ISO' },
] as const;

for (const { field, kind, type, ref, permission, format } of registrations) {
  const Input = builder.inputType(`Register${type}Input`, {
    description: `A new ${type === 'Iso' ? 'ISO' : 'template'}, and where to fetch it.`,
    fields: (t) => ({
      zoneId: t.id({ description: 'The zone to fetch it to.' }),
      name: t.string({ description: 'Its name.' }),
      displayText: t.string({
        required: false,
        description: 'What it is, in a few words; its name when left out.',
      }),
      url: t.string({
        description:
          'http or https URL. Private addresses are refused unless `secstorage.allowed.internal.sites` allows them.',
      }),
      format: t.field({
        type: ImageFormat,
        ...(kind === 'ISO' && { defaultValue: 'ISO' as const }),
        description: `Format of the file: ${format}.`,
      }),
      checksum: t.string({
        required: false,
        description: '`sha256:` and 64 hexadecimal digits: what the file must be.',
      }),
      isPublic: t.boolean({
        required: false,
        description: 'Whether everyone may use it; for administrators.',
      }),
      accountId: ownerField(t),
      idempotencyKey: idempotencyKeyField(t),
    }),
  });
  const Payload = imagePayload(
    `Register${type}Payload`,
    type,
    ref,
    'What was registered, and the job that fetches it.',
  );
  builder.mutationField(field, (t) =>
    t.field({
      type: Payload,
      permission,
      description:
        'Registers an image and has it fetched, with progress. One that cannot be had, or is not what it should be, leaves nothing. Errors: NOT_FOUND, VALIDATION_FAILED, FORBIDDEN, INVALID_STATE.',
      args: { input: t.arg({ type: Input, description: 'The image.' }) },
      resolve: (_parent, { input }, { services, actor }) =>
        services.images.register(actor, kind, {
          ...input,
          zoneId: idArgument('Zone', 'input.zoneId', input.zoneId),
          accountId: optionalId('Account', 'input.accountId', input.accountId),
        }),
    }),
  );
}

const CreateTemplateInput = builder.inputType('CreateTemplateInput', {
  description: 'A template of a machine’s root disk.',
  fields: (t) => ({
    virtualMachineId: t.id({ description: 'The machine; it must be STOPPED.' }),
    name: t.string({ description: 'Name of the template.' }),
    displayText: t.string({
      required: false,
      description: 'What it is, in a few words; its name when left out.',
    }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const CreateTemplatePayload = imagePayload(
  'CreateTemplatePayload',
  'Template',
  Template,
  'The new template, and the job that copies the disk.',
);

builder.mutationField('createTemplate', (t) =>
  t.field({
    type: CreateTemplatePayload,
    permission: 'template.create',
    description:
      'Makes a template of a stopped machine’s root disk. Errors: NOT_FOUND, INVALID_STATE, VALIDATION_FAILED.',
    args: {
      input: t.arg({ type: CreateTemplateInput, description: 'Which machine, and the template’s name.' }),
    },
    resolve: (_parent, { input }, { services, actor }) =>
      services.images.createFromMachine(actor, {
        ...input,
        virtualMachineId: idArgument('VirtualMachine', 'input.virtualMachineId', input.virtualMachineId),
      }),
  }),
);

const DeleteImagePayload = builder.objectRef<{ jobId: string }>('DeleteImagePayload').implement({
  description: 'The job that removes the files.',
  fields: (t) => ({
    job: jobField(t),
  }),
});

const deletions = [
  { field: 'deleteTemplate', kind: 'TEMPLATE', type: 'Template', permission: 'template.delete' },
  { field: 'deleteIso', kind: 'ISO', type: 'Iso', permission: 'iso.delete' },
] as const;

for (const { field, kind, type, permission } of deletions) {
  const Input = builder.inputType(`Delete${type}Input`, {
    description: 'Which image.',
    fields: (t) => ({ id: t.id({ description: 'Its id.' }) }),
  });
  builder.mutationField(field, (t) =>
    t.field({
      type: DeleteImagePayload,
      permission,
      description:
        'Deletes an image. Machines made from a template keep what they need of it. Errors: NOT_FOUND, FORBIDDEN, RESOURCE_IN_USE while it is in a drive.',
      args: { input: t.arg({ type: Input, description: 'Which image.' }) },
      resolve: (_parent, { input }, { services, actor }) =>
        services.images.delete(actor, kind, idArgument(type, 'input.id', input.id)),
    }),
  );
}
