import { builder } from '../graphql/builder.ts';
import type { ShownSetting } from '../platform/settings/settings.ts';

const Setting = builder.objectRef<ShownSetting>('Setting').implement({
  description: 'Something that administrators may change while Nephos runs.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'Its name: `expunge.delay`.' }),
    description: t.exposeString('description', { description: 'What it does, and its unit.' }),
    rule: t.exposeString('rule', { description: 'What it may hold.' }),
    defaultValue: t.exposeString('fallback', { description: 'Its value until somebody changes it.' }),
    value: t.exposeString('value', { description: 'The value in force.' }),
    isChanged: t.exposeBoolean('isChanged', { description: 'Whether somebody changed it.' }),
  }),
});

builder.queryField('settings', (t) =>
  t.field({
    type: [Setting],
    permission: 'setting.list',
    description: 'All settings, or those with a text in their key or description.',
    args: { search: t.arg.string({ required: false, description: 'Text to look for.' }) },
    resolve: (_parent, { search }, { services }) => services.settings.list(search),
  }),
);

const UpdateSettingInput = builder.inputType('UpdateSettingInput', {
  description: 'Which setting, and its new value.',
  fields: (t) => ({
    key: t.string({ description: 'Its name.' }),
    value: t.string({
      required: false,
      description: 'Its new value as text; null returns it to the default.',
    }),
  }),
});

const UpdateSettingPayload = builder.objectRef<{ setting: ShownSetting }>('UpdateSettingPayload').implement({
  description: 'The setting that was changed.',
  fields: (t) => ({
    setting: t.field({
      type: Setting,
      description: 'The setting as it is now.',
      resolve: ({ setting }) => setting,
    }),
  }),
});

builder.mutationField('updateSetting', (t) =>
  t.field({
    type: UpdateSettingPayload,
    permission: 'setting.update',
    description: 'Changes a setting, in force at once. Errors: NOT_FOUND, VALIDATION_FAILED.',
    args: { input: t.arg({ type: UpdateSettingInput, description: 'Which setting, and its new value.' }) },
    resolve: async (_parent, { input }, { services, actor }) => ({
      setting: await services.settings.update(actor, { key: input.key, value: input.value ?? null }),
    }),
  }),
);
