import { builder } from '../../graphql/builder.ts';
import { invalid } from '../../platform/errors.ts';

/** A key and its value. */
export const Label = builder.objectRef<{ key: string; value: string }>('Label').implement({
  description: 'A key and its value.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'The key.' }),
    value: t.exposeString('value', { description: 'The value.' }),
  }),
});

/** A key and its value, as input. */
export const LabelInput = builder.inputType('LabelInput', {
  description: 'A key and its value.',
  fields: (t) => ({
    key: t.string({
      description: 'The key: 1 to 63 letters, digits or ._:/@-, beginning with a letter or digit.',
    }),
    value: t.string({ description: 'The value: up to 255 characters without line breaks.' }),
  }),
});

type GivenLabels = readonly { key: string; value: string }[] | null | undefined;

/** As the database has them. @throws PlatformError VALIDATION_FAILED for a key that is there twice */
export function labelsFrom(path: string, labels: GivenLabels): Record<string, string> | undefined {
  if (labels == null) return undefined;
  const pairs = new Map<string, string>();
  for (const { key, value } of labels) {
    if (pairs.has(key)) throw invalid(path, key, 'must have each key once');
    pairs.set(key, value);
  }
  return Object.fromEntries(pairs);
}

/** As the API shows them: by key. */
export function labelsOf(pairs: unknown): { key: string; value: string }[] {
  return Object.entries(pairs as Record<string, string>)
    .map(([key, value]) => ({ key, value }))
    .sort((one, other) => (one.key < other.key ? -1 : 1));
}
