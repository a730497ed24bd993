import { problemTitle } from '../problems/problem-title.ts';
import { m } from '#messages';
import { succeeded } from './event-filter.ts';

/** Refusals that are told otherwise to somebody who was not the one refused. */
const texts: Record<string, () => string> = {
  [succeeded]: m.events_done,
  FORBIDDEN: m.events_outcome_FORBIDDEN,
  UNAUTHENTICATED: m.events_outcome_UNAUTHENTICATED,
  NOT_FOUND: m.events_outcome_NOT_FOUND,
};

/** What came of it, in words. */
export function outcomeText(outcome: string): string {
  return texts[outcome]?.() ?? problemTitle(outcome);
}
