import type { Database } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { z } from 'zod';
import { PlatformError } from '../../../platform/errors.ts';
import type { JobRunner } from '../../../platform/jobs/job-runner.ts';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import { waitAMoment, type WaitingRun } from '../../../platform/jobs/wait-for-jobs.ts';
import type { Platform } from '../../../platform/platform.ts';
import { billAll } from '../../counters/run-store.ts';

const closeInput = z.object({
  /** ISO 8601 */
  until: z.iso.datetime(),
});

type CloseInput = z.output<typeof closeInput>;
type CloseOutputs = { request: undefined; closePeriods: { periodCount: number } };

/** Where the usage daemon listens. */
const channel = 'nephos_usage';

/** Asks the usage daemon, and waits until it has done it. */
export function closeUsageSaga({ db, runner, clock }: Pick<Platform, 'db' | 'runner' | 'clock'>) {
  return defineSaga<CloseInput, CloseOutputs>({
    kind: 'usage.generate',
    input: closeInput,
    steps: [
      {
        name: 'request',
        record: async (tx, { jobId, input }) => {
          const until = new Date(input.until);
          // What counters say would otherwise come with the end of the period.
          await billAll(tx);
          await tx.insertInto('UsageCloseRequest').values({ jobId, until, createdAt: clock.now() }).execute();
          await sql`select pg_notify(${channel}, '')`.execute(tx);
        },
        // What was closed for it stays closed.
        recordUndo: async (tx, { jobId }) => {
          await tx.deleteFrom('UsageCloseRequest').where('jobId', '=', jobId).execute();
        },
      },
      {
        name: 'closePeriods',
        act: (run) => runner.whileWaiting(() => waitForDaemon(db, runner, run)),
      },
    ],
  });
}

async function waitForDaemon(
  db: Database,
  runner: JobRunner,
  run: WaitingRun,
): Promise<{ periodCount: number }> {
  for (;;) {
    const { finishedAt, periodCount, error } = await db
      .selectFrom('UsageCloseRequest')
      .selectAll()
      .where('jobId', '=', run.jobId)
      .executeTakeFirstOrThrow();
    if (error !== null) {
      throw new PlatformError('INTERNAL', `the usage daemon could not sum up a period: ${error}`, {
        remedy: 'read its log; what it closed before stays closed',
      });
    }
    if (finishedAt !== null) return { periodCount };
    run.progress(0, periodCount === 0 ? 'waits for the usage daemon' : `${periodCount} periods are closed`);
    await waitAMoment(runner, run);
  }
}
