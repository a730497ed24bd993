import type { Check } from '../../platform/validation.ts';

/** What its owner calls a machine by. */
export interface Labels {
  group?: string | null | undefined;
  tags?: Record<string, string> | null | undefined;
  details?: Record<string, string> | null | undefined;
}

const mostPairs = 50;
const longestValue = 255;
const key = /^[\p{L}\p{N}][\p{L}\p{N}._:/@-]{0,62}$/u;

/** Notes what is wrong with a machine's group, tags and details. */
export function checkLabels(check: Check, { group, tags, details }: Labels): void {
  if (group != null && group !== '') check.name('input.group', group);
  if (tags != null) checkPairs(check, 'input.tags', tags);
  if (details != null) checkPairs(check, 'input.details', details);
}

function checkPairs(check: Check, path: string, pairs: Record<string, string>): void {
  const entries = Object.entries(pairs);
  check.that(entries.length <= mostPairs, path, entries.length, `must be at most ${mostPairs}`);
  for (const [name, value] of entries.slice(0, mostPairs)) {
    check.that(
      key.test(name),
      `${path}.key`,
      name,
      'must be 1 to 63 letters, digits or ._:/@-, and begin with a letter or digit',
    );
    check.that(
      value.length <= longestValue && !/\p{Cc}/u.test(value),
      `${path}.value`,
      value,
      `must be at most ${longestValue} characters without line breaks`,
    );
  }
}
