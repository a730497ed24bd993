import type { ImageId } from '@nephos/model/kernel/ids.ts';
import { accountReference, AccountReferenceInput } from '../../graphql/account-reference.ts';
import { builder } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { Iso, Template } from './schema.ts';

const sharings = [
  {
    field: 'shareTemplate',
    kind: 'TEMPLATE',
    type: 'Template',
    name: 'template',
    ref: Template,
    permission: 'template.share',
  },
  { field: 'shareIso', kind: 'ISO', type: 'Iso', name: 'iso', ref: Iso, permission: 'iso.share' },
] as const;

for (const { field, kind, type, name, ref, permission } of sharings) {
  const Input = builder.inputType(`Share${type}Input`, {
    description: 'Which image, and who may use it from now on.',
    fields: (t) => ({
      id: t.id({ description: 'Its id.' }),
      isPublic: t.boolean({
        required: false,
        description: `Whether everyone may use it. For administrators: asks for \`${name}.publish\`.`,
      }),
      isFeatured: t.boolean({
        required: false,
        description: `Whether it is shown first among the public ones. Asks for \`${name}.publish\` too.`,
      }),
      grantTo: t.field({
        type: [AccountReferenceInput],
        required: false,
        description: 'Accounts, or accounts of projects, that may use it from now on, at most 100.',
      }),
      revokeFrom: t.idList({
        required: false,
        description: 'Accounts that may not use it any more, at most 100; what they made of it stays.',
      }),
      expectedVersion: t.int({
        required: false,
        description: 'Refuse with VERSION_CONFLICT if it was changed since this version.',
      }),
    }),
  });
  const Payload = builder.objectRef<{ imageId: ImageId }>(`Share${type}Payload`).implement({
    description: 'The image that was shared.',
    fields: (t) => ({
      [name]: t.field({
        type: ref,
        description: 'The image as it is now.',
        resolve: ({ imageId }, _args, { load }) => load.get('Image', imageId),
      }),
    }),
  });
  builder.mutationField(field, (t) =>
    t.field({
      type: Payload,
      permission,
      description:
        'Says who may use an image beside its owner. What is left out stays as it is. Errors: NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, VERSION_CONFLICT.',
      args: { input: t.arg({ type: Input, description: 'Which image, and who may use it.' }) },
      resolve: (_parent, { input }, { services, actor }) =>
        services.imageSharing.share(actor, kind, {
          ...input,
          id: idArgument(type, 'input.id', input.id),
          grantTo: input.grantTo?.map((each, index) => accountReference(`input.grantTo.${index}`, each)),
          revokeFrom: input.revokeFrom?.map((id, index) =>
            idArgument('Account', `input.revokeFrom.${index}`, id),
          ),
        }),
    }),
  );
}
