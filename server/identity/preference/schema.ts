import type { Row } from '@nephos/model/database.ts';
import { builder } from '../../graphql/builder.ts';

/** What a user wants as they left it. */
export const Preference = builder.objectRef<Row<'Preference'>>('Preference').implement({
  description:
    'Something that you want as you left it, on every device: the columns of a list, a saved view.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'Its name among yours: `list.virtualMachines`.' }),
    value: t.exposeString('value', { description: 'JSON text, as it was given.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
  }),
});

const SetPreferenceInput = builder.inputType('SetPreferenceInput', {
  description: 'A preference of yours.',
  fields: (t) => ({
    key: t.string({
      description:
        'Its name among yours, up to 120 characters: letters, digits, _ and - between dots, as in `list.virtualMachines`.',
    }),
    value: t.string({ required: false, description: 'JSON text of up to 16384 bytes; null removes it.' }),
  }),
});

const SetPreferencePayload = builder
  .objectRef<{ preference: Row<'Preference'> | null }>('SetPreferencePayload')
  .implement({
    description: 'The preference as it is now.',
    fields: (t) => ({
      preference: t.field({
        type: Preference,
        nullable: true,
        description: 'The preference; null when it was removed.',
        resolve: ({ preference }) => preference,
      }),
    }),
  });

builder.mutationField('setPreference', (t) =>
  t.field({
    type: SetPreferencePayload,
    permission: 'signedIn',
    description:
      'Keeps, changes or removes a preference of yours; the last one who writes a key wins. Errors: FORBIDDEN for an API key, VALIDATION_FAILED, RESOURCE_LIMIT_EXCEEDED for more than 500.',
    args: { input: t.arg({ type: SetPreferenceInput, description: 'The preference.' }) },
    resolve: async (_parent, { input }, { services, actor }) => ({
      preference: await services.preferences.set(actor, { key: input.key, value: input.value ?? null }),
    }),
  }),
);
