import type { Row } from '@nephos/model/database.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';

const ApiKey = builder.objectRef<Row<'ApiKey'>>('ApiKey').implement({
  description: 'A program’s way in.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What it is for; unique among your keys.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ends; null: never.',
    }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last used, to the minute.',
    }),
    lastUsedAddress: t.exposeString('lastUsedAddress', {
      nullable: true,
      description: 'Address that it was last used from.',
    }),
    scopes: t.exposeStringList('scopes', {
      description: 'Permission patterns that it is confined to; empty: all that its owner may.',
    }),
    allowedCidrs: t.exposeStringList('allowedCidrs', {
      description: 'Networks that it may be used from; empty: any.',
    }),
    isExpired: t.boolean({
      description: 'Whether it has ended.',
      resolve: ({ expiresAt }, _args, { platform }) =>
        expiresAt !== null && expiresAt <= platform.clock.now(),
    }),
  }),
});

builder.queryField('apiKeys', (t) =>
  t.field({
    type: [ApiKey],
    permission: 'apiKey.list',
    description: 'Your API keys.',
    resolve: (_parent, _args, { services, actor }) => services.apiKeys.list(actor),
  }),
);

builder.queryField('userApiKeys', (t) =>
  t.field({
    type: [ApiKey],
    permission: 'apiKey.list',
    description: 'The API keys of a user whom you administer. Errors: NOT_FOUND.',
    args: { userId: t.arg.id({ description: 'The user.' }) },
    resolve: (_parent, { userId }, { services, actor }) =>
      services.apiKeys.listOf(actor, idArgument('User', 'userId', userId)),
  }),
);

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  description: 'A new API key.',
  fields: (t) => ({
    name: t.string({ description: 'What it is for; unique among your keys.' }),
    scopes: t.stringList({
      required: false,
      description:
        'Permission patterns to confine it to, at most 100: `virtualMachine.start`, `virtualMachine.*`, `*.list`. All that you may when left out.',
    }),
    allowedCidrs: t.stringList({
      required: false,
      description:
        'IPv4 or IPv6 networks that it may be used from, at most 100: `10.0.0.0/8`, `2001:db8::/32`. From anywhere when left out.',
    }),
    expiresAt: t.field({
      type: 'DateTime',
      required: false,
      description: 'When it is to end; left out: never.',
    }),
  }),
});

const CreateApiKeyPayload = builder
  .objectRef<{ apiKeyId: string; token: string }>('CreateApiKeyPayload')
  .implement({
    description: 'The new key and its token.',
    fields: (t) => ({
      apiKey: t.field({
        type: ApiKey,
        description: 'The key.',
        resolve: ({ apiKeyId }, _args, { load }) => load.get('ApiKey', parseId('ApiKey', apiKeyId)),
      }),
      token: t.exposeString('token', {
        description: 'Send it as `Authorization: Bearer …`. Shown now and never again.',
      }),
    }),
  });

builder.mutationField('createApiKey', (t) =>
  t.field({
    type: CreateApiKeyPayload,
    permission: 'apiKey.create',
    description:
      'Makes an API key for yourself. One that is made by a key is never wider than that. Errors: VALIDATION_FAILED, RESOURCE_LIMIT_EXCEEDED, FORBIDDEN while your password has to be changed.',
    args: { input: t.arg({ type: CreateApiKeyInput, description: 'The key.' }) },
    resolve: (_parent, { input }, { services, actor }) => services.apiKeys.create(actor, input),
  }),
);

const DeleteApiKeyInput = builder.inputType('DeleteApiKeyInput', {
  description: 'Which key.',
  fields: (t) => ({ id: t.id({ description: 'One of your keys, or of a user whom you administer.' }) }),
});

const DeleteApiKeyPayload = builder.objectRef<{ apiKeyId: string }>('DeleteApiKeyPayload').implement({
  description: 'The key that was deleted.',
  fields: (t) => ({ apiKeyId: t.exposeID('apiKeyId', { description: 'Its id.' }) }),
});

builder.mutationField('deleteApiKey', (t) =>
  t.field({
    type: DeleteApiKeyPayload,
    permission: 'apiKey.delete',
    description:
      'Deletes one of your API keys, or one of a user whom you administer; its open sockets close. Errors: NOT_FOUND, FORBIDDEN.',
    args: { input: t.arg({ type: DeleteApiKeyInput, description: 'Which key.' }) },
    resolve: async (_parent, { input }, { services, actor }) => {
      const apiKeyId = idArgument('ApiKey', 'input.id', input.id);
      await services.apiKeys.delete(actor, apiKeyId);
      return { apiKeyId };
    },
  }),
);
