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

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  description: 'A new API key.',
  fields: (t) => ({
    name: t.string({ description: 'What it is for; unique among your keys.' }),
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
    description: 'Makes an API key for yourself. Errors: VALIDATION_FAILED.',
    args: { input: t.arg({ type: CreateApiKeyInput, description: 'The key.' }) },
    resolve: (_parent, { input }, { services, actor }) => services.apiKeys.create(actor, input),
  }),
);

const DeleteApiKeyInput = builder.inputType('DeleteApiKeyInput', {
  description: 'Which key.',
  fields: (t) => ({ id: t.id({ description: 'One of your keys.' }) }),
});

const DeleteApiKeyPayload = builder.objectRef<{ apiKeyId: string }>('DeleteApiKeyPayload').implement({
  description: 'The key that was deleted.',
  fields: (t) => ({ apiKeyId: t.exposeID('apiKeyId', { description: 'Its id.' }) }),
});

builder.mutationField('deleteApiKey', (t) =>
  t.field({
    type: DeleteApiKeyPayload,
    permission: 'apiKey.delete',
    description: 'Deletes one of your API keys; its open sockets close. Errors: NOT_FOUND.',
    args: { input: t.arg({ type: DeleteApiKeyInput, description: 'Which key.' }) },
    resolve: async (_parent, { input }, { services, actor }) => {
      const apiKeyId = idArgument('ApiKey', 'input.id', input.id);
      await services.apiKeys.delete(actor, apiKeyId);
      await services.sessions.announceChange(actor.userId);
      return { apiKeyId };
    },
  }),
);
