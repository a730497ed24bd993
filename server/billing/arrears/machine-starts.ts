import type { Database } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { LifecycleService } from '../../compute/virtual-machine/lifecycle-service.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { JobRunner } from '../../platform/jobs/job-runner.ts';
import {
  hasFailed,
  isUnderWay,
  lastJobsSince,
  waitAMoment,
  type LastJob,
  type WaitingRun,
} from '../../platform/jobs/wait-for-jobs.ts';

interface StoppedMachine {
  id: Id<'VirtualMachine'>;
  name: string;
  state: string;
}

/** Machines started at a time. */
const atATime = 20;
const mostNamed = 5;

export interface MachineStartsDeps {
  db: Database;
  runner: JobRunner;
  machines: LifecycleService;
}

/**
 * Starts the machines that were stopped because of an account's arrears, each by a job of its own, and waits for that.
 * It looks again and again and remembers nothing, so that another server can go on with it.
 * @throws PlatformError that says which could not be started, and why, once all others run
 */
export function startStoppedMachines(
  { db, runner, machines }: MachineStartsDeps,
  run: WaitingRun,
  accountId: Id<'Account'>,
): Promise<void> {
  return runner.whileWaiting(async () => {
    const refused = new Map<string, string>();
    for (;;) {
      const left = await readStopped(db, accountId);
      const jobs = await lastJobsSince(
        db,
        run.jobId,
        left.map(({ id }) => id),
      );
      for (const [id, job] of jobs) if (hasFailed(job)) refused.set(id, reasonOf(job));
      // Some may be on their way down still: it was paid while they were being stopped.
      const busy = left.filter(({ id, state }) => state === 'STOPPING' || isUnderWay(jobs.get(id)));
      const idle = left.filter(({ id, state }) => state === 'STOPPED' && !jobs.has(id) && !refused.has(id));
      if (busy.length === 0 && idle.length === 0) {
        const failed = left.filter(({ id }) => refused.has(id));
        if (failed.length > 0) throw cannotStart(failed, refused);
        return;
      }
      run.progress(0, `${busy.length + idle.length} machines are left`);
      for (const { id } of idle.slice(0, Math.max(0, atATime - busy.length))) {
        await machines.start(null, { id }).catch((error: unknown) => {
          if (!(error instanceof PlatformError)) throw error;
          refused.set(id, error.message);
        });
      }
      await waitAMoment(runner, run);
    }
  });
}

function readStopped(db: Database, accountId: Id<'Account'>): Promise<StoppedMachine[]> {
  return db
    .selectFrom('ArrearsStop')
    .innerJoin('VirtualMachine', 'VirtualMachine.id', 'ArrearsStop.virtualMachineId')
    .select(['VirtualMachine.id', 'VirtualMachine.name', 'VirtualMachine.state'])
    .where('ArrearsStop.accountId', '=', accountId)
    .orderBy('VirtualMachine.id')
    .execute();
}

const reasonOf = ({ error }: LastJob) => error?.message ?? 'its job was cancelled';

function cannotStart(machines: readonly StoppedMachine[], reasons: ReadonlyMap<string, string>) {
  const named = machines.slice(0, mostNamed);
  return new PlatformError(
    'INVALID_STATE',
    `${machines.length} machines could not be started: ${named.map(({ id, name }) => `${name}: ${reasons.get(id) ?? ''}`).join('; ')}`,
    { details: { machines: named.map(({ name }) => name) }, remedy: 'start them by hand' },
  );
}
