import type { Check } from './validation.ts';

const tag = /^[a-z0-9][a-z0-9_.-]{0,62}$/i;
const mostTags = 50;

/** What is said of tags that operators give to hosts and pools, and ask for in offerings. */
export const tagRule =
  'must be at most 50 tags of 1 to 63 letters, digits, dots, dashes and underscores, that begin with a letter or digit';

export function isTag(text: string): boolean {
  return tag.test(text);
}

/** Notes tags that are none. */
export function checkTags(check: Check, path: string, tags: readonly string[] | null | undefined): void {
  if (tags != null) check.that(tags.length <= mostTags && tags.every(isTag), path, tags, tagRule);
}

/** Each once, in the order of the alphabet. */
export function tidyTags(tags: readonly string[]): string[] {
  return [...new Set(tags)].sort();
}
