import type { ApiClient } from '../support/api-client.ts';
import { jobFields, type JobView } from '../support/jobs.ts';

/** A job that did not succeed; the message has its error and its steps. */
export class JobFailed extends Error {
  override name = 'JobFailed';

  constructor({ id, status, error, steps }: JobView) {
    const lines = [
      `job ${id} is ${status}`,
      ...(error === null ? [] : [`${error.code}: ${error.message}`]),
      ...steps.map((step) => `step ${step.name}: ${step.status}${step.detail ? ` (${step.detail})` : ''}`),
    ];
    super(lines.join('\n'));
  }
}

export function expectSuccess(job: JobView): void {
  if (job.status !== 'SUCCEEDED') throw new JobFailed(job);
}

/** What was pushed of a job until it was over. */
export interface WatchedJob {
  /** As it was in the end. */
  job: JobView;
  /** How often it was pushed. */
  views: number;
  /** Every progress of a step that was pushed, 0 to 100, in order. */
  progress: number[];
}

const followJob = `
  subscription ($id: ID!) { jobUpdated(id: $id) { ${jobFields} running: steps { progress } } }`;

type RunningJob = JobView & { running: { progress: number | null }[] };

/** Follows a job to its end. */
export async function watchJob(client: ApiClient, id: string): Promise<WatchedJob> {
  let job: JobView | undefined;
  let views = 0;
  const progress: number[] = [];
  for await (const { jobUpdated } of client.follow<{ jobUpdated: RunningJob }>(followJob, { id })) {
    job = jobUpdated;
    views += 1;
    progress.push(...jobUpdated.running.flatMap((step) => step.progress ?? []));
  }
  if (job === undefined) throw new Error(`job ${id} was never pushed`);
  return { job, views, progress };
}
