import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { JobError } from '@nephos/model/shapes/job.ts';
import { sql } from 'kysely';
import { ServerStopping } from './job-error.ts';
import type { JobRunner } from './job-runner.ts';
import type { JobRow } from './job-store.ts';

const lookMs = 300;

/** What a step that waits for other jobs needs to know of its own. */
export interface WaitingRun {
  readonly jobId: Id<'Job'>;
  readonly signal: AbortSignal;
  progress(percent: number, detail: string): void;
}

/**
 * Waits a moment for other jobs.
 * @throws ServerStopping when the rest is for another server
 * @throws the signal's reason when the job is cancelled
 */
export async function waitAMoment(runner: JobRunner, { signal }: Pick<WaitingRun, 'signal'>): Promise<void> {
  signal.throwIfAborted();
  if (runner.isStopping) throw new ServerStopping('this server stops');
  await sleep(lookMs);
}

/** How the last job on something went. */
export interface LastJob {
  kind: string;
  status: JobRow['status'];
  error: JobError | null;
}

/** The last job on each of many things, of those that were made since another was: ids sort by creation. */
export async function lastJobsSince(
  db: Database,
  since: Id<'Job'>,
  targetIds: readonly string[],
): Promise<ReadonlyMap<string, LastJob>> {
  const { rows } = await sql<LastJob & { targetId: string }>`
    select distinct on ("targetId") "targetId", "kind", "status", "error" from "Job"
    where "targetId" = any(${targetIds}::text[]) and "id" > ${since}
    order by "targetId", "id" desc`.execute(db);
  return new Map(rows.map(({ targetId, ...job }) => [targetId, job]));
}

export const isUnderWay = (job: LastJob | undefined) =>
  job !== undefined && ['QUEUED', 'RUNNING', 'CANCELLING'].includes(job.status);

export const hasFailed = (job: LastJob | undefined) =>
  job !== undefined && ['FAILED', 'CANCELLED', 'STUCK'].includes(job.status);
