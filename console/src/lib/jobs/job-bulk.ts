import Ban from '@lucide/svelte/icons/ban';
import RotateCcw from '@lucide/svelte/icons/rotate-ccw';
import { mutate } from '../api/connection.svelte.ts';
import type { Bulk, BulkAction } from '../list/bulk/bulk-action.ts';
import { session } from '../session/session.svelte.ts';
import { m } from '#messages';
import type { Job } from './fragments.ts';
import { jobName } from './job-names.ts';
import { jobPath } from './job-path.ts';
import { cancelJobMutation, resumeJobMutation } from './job-queries.ts';
import { jobStatusLooks } from './job-status.ts';

/** What can be done to many jobs at once; `undefined` where the role allows nothing of it. */
export function jobBulk(targetName: (job: Job) => string | undefined): Bulk<Job> | undefined {
  const stateReason = ({ status }: Job) => m.jobs_bulk_is({ state: jobStatusLooks[status].label() });
  const cancel: BulkAction<Job> = {
    id: 'CANCEL',
    label: m.jobs_cancel(),
    icon: Ban,
    impact: () => [m.jobs_bulk_cancel()],
    reasonAgainst: (job) => (job.isCancellable ? null : stateReason(job)),
    run: async ({ id }) => {
      await mutate(cancelJobMutation, { input: { id } });
      return undefined;
    },
  };
  const resume: BulkAction<Job> = {
    id: 'RESUME',
    label: m.jobs_resume(),
    icon: RotateCcw,
    impact: () => [m.jobs_bulk_resume()],
    reasonAgainst: (job) => (job.status === 'STUCK' ? null : stateReason(job)),
    // Followed from then on, as every job is.
    run: async ({ id }) => (await mutate(resumeJobMutation, { input: { id } })).resumeJob.job.id,
  };
  const actions = [
    ...(session.can('job.cancel') ? [cancel] : []),
    ...(session.can('job.resume') ? [resume] : []),
  ];
  if (actions.length === 0) return undefined;
  return {
    actions,
    nameOf: (job) => [jobName(job.kind), targetName(job)].filter(Boolean).join(' '),
    pathOf: ({ id }) => jobPath(id),
  };
}
