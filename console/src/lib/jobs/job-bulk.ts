import type { Bulk } from '../list/bulk/bulk-action.ts';
import type { Job } from './fragments.ts';
import { jobCommands } from './job-commands.ts';
import { jobName } from './job-names.ts';
import { jobPath } from './job-path.ts';

/** What can be done to many jobs at once; `undefined` where the role allows nothing of it. */
export function jobBulk(targetName: (job: Job) => string | undefined): Bulk<Job> | undefined {
  const actions = jobCommands();
  if (actions.length === 0) return undefined;
  return {
    actions,
    nameOf: (job) => [jobName(job.kind), targetName(job)].filter(Boolean).join(' '),
    pathOf: ({ id }) => jobPath(id),
  };
}
