import type { AuditEventDetails } from './event-queries.ts';

interface EventDetail {
  name: string;
  text: string;
}

/** What is known of an event beside the fields that it changed: the limit that refused it, how many it concerned. */
export function otherDetails({
  changes,
  changedFields,
}: Pick<AuditEventDetails, 'changes' | 'changedFields'>): EventDetail[] {
  if (changes === null) return [];
  const known = new Set(changedFields.map(({ field }) => field));
  return Object.entries(JSON.parse(changes) as Record<string, unknown>)
    .filter(([name]) => !known.has(name))
    .map(([name, value]) => ({ name, text: typeof value === 'string' ? value : JSON.stringify(value) }));
}
