import { builder } from '../graphql/builder.ts';

/** A field that a deed changed, as text. */
export interface AuditChange {
  field: string;
  before: string | null;
  after: string | null;
}

export const AuditChangeRef = builder.objectRef<AuditChange>('AuditChange').implement({
  description: 'A field that was changed.',
  fields: (t) => ({
    field: t.exposeString('field', { description: 'Its name.' }),
    before: t.exposeString('before', {
      nullable: true,
      description: 'What it was, as text or JSON; `(secret)` where that is nobody’s business.',
    }),
    after: t.exposeString('after', {
      nullable: true,
      description: 'What it is since then; `(changed)` where that is nobody’s business.',
    }),
  }),
});

/** The changed fields among an event's details; other details are not among them. */
export function changesIn(details: Record<string, unknown> | null): AuditChange[] {
  return Object.entries(details ?? {}).flatMap(([field, value]) => {
    if (typeof value !== 'object' || value === null || !('before' in value) || !('after' in value)) return [];
    return [{ field, before: asText(value.before), after: asText(value.after) }];
  });
}

function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
