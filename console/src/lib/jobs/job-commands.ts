import BellOff from '~icons/lucide/bell-off';
import Ban from '~icons/lucide/ban';
import RotateCcw from '~icons/lucide/rotate-ccw';
import RotateCw from '~icons/lucide/rotate-cw';
import { mutate } from '../api/connection.svelte.ts';
import type { BulkAction } from '../list/bulk/bulk-action.ts';
import { session } from '../session/session.svelte.ts';
import { m } from '#messages';
import type { Job } from './fragments.ts';
import {
  cancelJobMutation,
  dismissJobsMutation,
  resumeJobMutation,
  retryJobMutation,
} from './job-queries.ts';
import { jobStatusLooks } from './job-status.ts';

/** What can be done to a job, as the role allows it. */
export interface JobCommand extends BulkAction<Job> {
  id: 'cancel' | 'resume' | 'retry' | 'dismiss';
}

const stateReason = ({ status }: Job) => m.jobs_bulk_is({ state: jobStatusLooks[status].label() });
const failed: readonly Job['status'][] = ['FAILED', 'STUCK'];

function dismissalReason(job: Job): string | null {
  if (!failed.includes(job.status)) return stateReason(job);
  return job.isDismissed ? m.jobs_bulk_dismissed() : null;
}

/** What can be done to jobs: to one from its menu, to many at once. */
export function jobCommands(): JobCommand[] {
  const commands: JobCommand[] = [
    {
      id: 'cancel',
      label: m.jobs_cancel(),
      icon: Ban,
      impact: () => [m.jobs_bulk_cancel()],
      reasonAgainst: (job) => (job.isCancellable ? null : stateReason(job)),
      run: async ({ id }) => {
        await mutate(cancelJobMutation, { input: { id } });
        return undefined;
      },
    },
    {
      id: 'resume',
      label: m.jobs_resume(),
      icon: RotateCcw,
      impact: () => [m.jobs_bulk_resume()],
      reasonAgainst: (job) => (job.status === 'STUCK' ? null : stateReason(job)),
      // Followed from then on, as every job is.
      run: async ({ id }) => (await mutate(resumeJobMutation, { input: { id } })).resumeJob.job.id,
    },
    {
      id: 'retry',
      label: m.jobs_retry(),
      icon: RotateCw,
      impact: () => [m.jobs_bulk_retry()],
      reasonAgainst: (job) => (job.isRetryable ? null : stateReason(job)),
      run: async ({ id }) => (await mutate(retryJobMutation, { input: { id } })).retryJob.job.id,
    },
    {
      id: 'dismiss',
      label: m.jobs_dismiss(),
      icon: BellOff,
      impact: () => [m.jobs_bulk_dismiss()],
      reasonAgainst: dismissalReason,
      run: async ({ id }) => {
        await mutate(dismissJobsMutation, { input: { ids: [id] } });
        return undefined;
      },
    },
  ];
  return commands.filter(({ id }) => session.can(`job.${id}`));
}
