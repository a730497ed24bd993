/** What a field was and what it is, as the audit log shows it. */
export interface FieldChange {
  before: unknown;
  after: unknown;
}

/** Names of fields whose values nobody is to read in a log. */
const secretNames = /password|secret|token|hash|credential|private/i;
const masked: FieldChange = { before: '(secret)', after: '(changed)' };

/**
 * The fields in which two states of one thing differ, for `Mutation.concerns`. Values of secrets are left out: only
 * that they changed is told.
 * @param fields those to compare; all of `after` when left out
 */
export function changedFields<Thing extends object>(
  before: Partial<Thing>,
  after: Partial<Thing>,
  fields = Object.keys(after) as (keyof Thing & string)[],
): Record<string, FieldChange> {
  const changes: Record<string, FieldChange> = {};
  for (const field of fields) {
    const [was, is] = [plain(before[field]), plain(after[field])];
    if (JSON.stringify(was) === JSON.stringify(is)) continue;
    changes[field] = secretNames.test(field) ? masked : { before: was, after: is };
  }
  return changes;
}

/** As it can be written: counts as text, moments as text, nothing as `null`. */
function plain(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return '(bytes)';
  return value;
}
