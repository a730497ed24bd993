import { m } from '#messages';
import type { FilterProblem } from './read-filters.ts';

/** What is wrong with a filter, in words: which, its value, and what may be written. */
export function problemText(problem: FilterProblem): string {
  const { key } = problem;
  switch (problem.kind) {
    case 'key':
      return problem.keys.length === 0
        ? m.list_filter_no_keys({ key })
        : m.list_filter_unknown_key({ key, keys: problem.keys.join(', ') });
    case 'value':
      return m.list_filter_value({ key, value: problem.value, values: problem.values.join(', ') });
    case 'form':
      return m.list_filter_form({ key, value: problem.value, example: `${key}:${problem.example}` });
    case 'empty':
      return m.list_filter_empty({ key });
    case 'unknown':
      return problem.found.length === 0
        ? m.list_filter_unknown({ key, value: problem.value })
        : m.list_filter_similar({ key, value: problem.value, found: problem.found.join(', ') });
    case 'ambiguous':
      return m.list_filter_ambiguous({ key, value: problem.value, found: problem.found.join(', ') });
    case 'several':
      return m.list_filter_several({ key });
    case 'negated':
      return m.list_filter_negated({ key });
  }
}
