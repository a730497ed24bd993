import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { Bus } from '../servers/bus.ts';
import type { JobRunner } from './job-runner.ts';

/** Asks for the end of all jobs of a kind on something. Whoever carries them out is told with {@link tellOfCancellation}. */
export async function requestCancellation(
  tx: Transaction,
  { kind, targetId }: { kind: string; targetId: string },
  at: Date,
): Promise<Id<'Job'>[]> {
  const jobs = await tx
    .updateTable('Job')
    .set({ cancelRequestedAt: at })
    .where('targetId', '=', targetId)
    .where('kind', '=', kind)
    .where('status', 'in', ['QUEUED', 'RUNNING'])
    .returning('id')
    .execute();
  return jobs.map(({ id }) => id);
}

/** Tells the server that carries a job out, whichever it is, that its cancellation was asked for and committed. */
export async function tellOfCancellation(
  { runner, bus }: { runner: JobRunner; bus: Bus },
  jobId: Id<'Job'>,
): Promise<void> {
  runner.cancel(jobId);
  await bus.send(undefined, 'job.cancel', { jobId });
}
