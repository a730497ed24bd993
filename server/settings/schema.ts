import { builder } from '../graphql/builder.ts';
import type { SettingScope as SettingScopes } from '../platform/settings/definition.ts';
import { everywhere, type ChangedSetting, type ShownSetting } from '../platform/settings/settings.ts';
import { findNode } from '../graphql/node-schema.ts';
import { categoryOf, type SettingCategory as SettingCategories } from './setting-categories.ts';
import { scopeOfId } from './setting-place.ts';

const SettingScope = builder.enumType('SettingScope', {
  description: 'A kind of thing that a setting may have a value of its own for.',
  values: {
    CLUSTER: { description: 'A cluster.' },
    STORAGE_POOL: { description: 'A storage pool.' },
    ZONE: { description: 'A zone, with all that is in it.' },
    ACCOUNT: { description: 'An account.' },
    DOMAIN: { description: 'A domain, with all accounts and domains below.' },
  } satisfies Record<SettingScopes, { description: string }>,
});

const SettingCategory = builder.enumType('SettingCategory', {
  description: 'What a setting is about.',
  values: {
    MACHINES: { description: 'How machines live, where they go, how they are watched.' },
    CAPACITY: { description: 'How far the cloud may be filled.' },
    IMAGES: { description: 'Templates, ISOs and disks.' },
    LIMITS: { description: 'What accounts and projects may have where nothing else is said.' },
    ACCESS: { description: 'Who gets in, and how often they may ask.' },
    AGENTS: { description: 'How the platform speaks with its hosts.' },
    BILLING: { description: 'Usage, statements, credit.' },
    UPKEEP: { description: 'What the platform keeps, and for how long.' },
  } satisfies Record<SettingCategories, { description: string }>,
});

const SettingOverride = builder.objectRef<ChangedSetting>('SettingOverride').implement({
  description: 'A value that somebody gave a setting, and where it holds.',
  fields: (t) => ({
    scope: t.field({
      type: SettingScope,
      nullable: true,
      description: 'Kind of what it holds for; null where it holds everywhere.',
      resolve: ({ scopeId }) => scopeOfId(scopeId) ?? null,
    }),
    scopeId: t.id({
      nullable: true,
      description: 'What it holds for; null where it holds everywhere.',
      resolve: ({ scopeId }) => (scopeId === everywhere ? null : scopeId),
    }),
    scopeName: t.string({
      nullable: true,
      description: 'What that is called; null where you may not see it, or it is gone.',
      resolve: async ({ scopeId }, _args, context) => {
        const node = scopeId === everywhere ? null : await findNode(context, scopeId);
        return (
          (node as { path?: string; name?: string } | null)?.path ??
          (node as { name?: string } | null)?.name ??
          null
        );
      },
    }),
    value: t.exposeString('value', { description: 'The value as text.' }),
    changedAt: t.expose('changedAt', { type: 'DateTime', description: 'When it was given.' }),
    changedByName: t.exposeString('changedByName', {
      nullable: true,
      description: 'Who gave it; null for what was given before this was kept.',
    }),
  }),
});

const Setting = builder.objectRef<ShownSetting>('Setting').implement({
  description: 'Something that administrators may change while Nephos runs.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'Its name: `expunge.delay`.' }),
    scopeId: t.id({
      nullable: true,
      description: 'What it is shown for; null where that is everywhere.',
      resolve: ({ place: [id = everywhere] }) => (id === everywhere ? null : id),
    }),
    category: t.field({
      type: SettingCategory,
      description: 'What it is about.',
      resolve: ({ key }) => categoryOf(key),
    }),
    description: t.exposeString('description', { description: 'What it does, and its unit.' }),
    rule: t.exposeString('rule', { description: 'What it may hold.' }),
    defaultValue: t.exposeString('fallback', { description: 'Its value until somebody changes it.' }),
    value: t.exposeString('value', {
      description: 'The value in force: everywhere, or for what was asked for.',
    }),
    isChanged: t.boolean({
      description: 'Whether somebody gave it a value right there: everywhere, or for what was asked for.',
      resolve: ({ from, place }) => from !== undefined && from.scopeId === place[0],
    }),
    version: t.int({
      description: 'Counts the changes of the value that it was given right there; 0 while it has none.',
      resolve: ({ from, place }) => (from !== undefined && from.scopeId === place[0] ? from.version : 0),
    }),
    scopes: t.field({
      type: [SettingScope],
      description: 'What it may have values of its own for, nearest first.',
      resolve: ({ scopes }) => [...scopes],
    }),
    setBy: t.field({
      type: SettingOverride,
      nullable: true,
      description: 'Where the value in force comes from, and who gave it; null where it is the default.',
      resolve: ({ from }) => from ?? null,
    }),
    overrides: t.field({
      type: [SettingOverride],
      description: 'Values that single things have of their own.',
      resolve: ({ overrides }) => [...overrides],
    }),
  }),
});

builder.queryField('settings', (t) =>
  t.field({
    type: [Setting],
    permission: 'setting.list',
    description:
      'All settings, or those with a text in their key or description. Errors: NOT_FOUND, VALIDATION_FAILED.',
    args: {
      search: t.arg.string({ required: false, description: 'Text to look for.' }),
      scopeId: t.arg.id({
        required: false,
        description:
          'Id of a zone, cluster, storage pool, domain or account: only settings that it may have values of its own of, as they hold there.',
      }),
    },
    resolve: (_parent, args, { services, actor }) => services.settings.list(actor, args),
  }),
);

const UpdateSettingInput = builder.inputType('UpdateSettingInput', {
  description: 'Which setting, and its new value.',
  fields: (t) => ({
    key: t.string({ description: 'Its name.' }),
    value: t.string({
      required: false,
      description: 'Its new value as text; null returns it to what holds further out, or to the default.',
    }),
    scopeId: t.id({
      required: false,
      description: 'Id of what it is to hold for, of one of its `scopes`; everywhere when left out.',
    }),
    expectedVersion: t.int({
      required: false,
      description: 'Fails with VERSION_CONFLICT unless the setting is at this version.',
    }),
  }),
});

const UpdateSettingPayload = builder.objectRef<{ setting: ShownSetting }>('UpdateSettingPayload').implement({
  description: 'The setting that was changed.',
  fields: (t) => ({
    setting: t.field({
      type: Setting,
      description: 'The setting as it is now, there.',
      resolve: ({ setting }) => setting,
    }),
  }),
});

builder.mutationField('updateSetting', (t) =>
  t.field({
    type: UpdateSettingPayload,
    permission: 'setting.update',
    description:
      'Changes a setting, in force at once. Errors: NOT_FOUND, VALIDATION_FAILED, VERSION_CONFLICT.',
    args: { input: t.arg({ type: UpdateSettingInput, description: 'Which setting, and its new value.' }) },
    resolve: async (_parent, { input }, { services, actor }) => ({
      setting: await services.settings.update(actor, {
        key: input.key,
        value: input.value ?? null,
        scopeId: input.scopeId,
        expectedVersion: input.expectedVersion,
      }),
    }),
  }),
);
