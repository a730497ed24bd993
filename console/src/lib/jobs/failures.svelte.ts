import type { ResultOf } from '../api/graphql.ts';
import type { Change } from '../api/live-feed.ts';
import { LiveQuery } from '../api/query.svelte.ts';
import type { Job } from './fragments.ts';
import { jobsQuery, newestFirst } from './job-queries.ts';

const mostShown = 20;

/** Jobs of one's own that failed, wherever they were asked for, and were not dismissed. */
export class Failures {
  readonly #query: LiveQuery<ResultOf<typeof jobsQuery>, object>;
  readonly jobs = $derived.by((): Job[] =>
    // What the feed says of a job is here at once, before the list was asked for again.
    (this.#query.data?.jobs.nodes ?? []).filter(
      ({ status, isDismissed }) => !isDismissed && (status === 'FAILED' || status === 'STUCK'),
    ),
  );

  /** Must be made while a component is set up. */
  constructor() {
    const variables = () => ({ first: mostShown, filter: { awaitsDismissal: true }, orderBy: newestFirst });
    this.#query = new LiveQuery(jobsQuery, variables, { refreshOn: endsBadly });
  }
}

/** Whether a job failed just now, or was taken up again. */
function endsBadly({ kind, node }: Change): boolean {
  if (kind !== 'Job' || node === null || !('isDismissed' in node)) return false;
  return (node.status === 'FAILED' || node.status === 'STUCK') && !node.isDismissed;
}
