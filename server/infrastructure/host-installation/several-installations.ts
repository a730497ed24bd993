import type { Database } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { PlatformError, type ErrorCode } from '../../platform/errors.ts';
import { requestCancellation, tellOfCancellation } from '../../platform/jobs/cancellation.ts';
import {
  hasFailed,
  isUnderWay,
  lastJobsSince,
  waitAMoment,
  type LastJob,
  type WaitingRun,
} from '../../platform/jobs/wait-for-jobs.ts';
import type { Platform } from '../../platform/platform.ts';
import type { SshAddressInput } from './installing.ts';

const installKind = 'host.install';

/** A machine among several that become hosts together. */
export interface MachineAmongSeveral {
  hostId: Id<'Host'>;
  ssh: SshAddressInput;
  /** Its place in the input that it came from. */
  path: string;
}

/** Makes several machines hosts, each by a job of its own, as a step of another job. */
export class SeveralInstallations {
  readonly #platform: Pick<Platform, 'db' | 'runner' | 'bus' | 'clock'>;

  constructor(platform: Pick<Platform, 'db' | 'runner' | 'bus' | 'clock'>) {
    this.#platform = platform;
  }

  /**
   * Resolves when all of them are hosts. Looks again and again and remembers nothing that matters, so that another
   * server can go on with it.
   * @throws PlatformError of the first that failed, once no other is under way
   */
  install(
    run: WaitingRun,
    machines: readonly MachineAmongSeveral[],
    begin: (hostId: Id<'Host'>) => Promise<void>,
  ): Promise<void> {
    const { db, runner } = this.#platform;
    return runner.whileWaiting(async () => {
      for (;;) {
        const left = await this.#left(db, machines);
        const done = machines.length - left.length;
        if (machines.length > 0)
          run.progress(Math.floor((100 * done) / machines.length), `${done} of ${machines.length} hosts`);
        if (left.length === 0) return;
        const jobs = await lastJobsSince(
          db,
          run.jobId,
          left.map(({ hostId }) => hostId),
        );
        const failed = left.filter(({ hostId }) => hasFailed(jobs.get(hostId)));
        if (failed.length === left.length) throw failureOf(failed, jobs);
        for (const { hostId } of left) if (!jobs.has(hostId)) await begin(hostId);
        await waitAMoment(runner, run);
      }
    });
  }

  /** Ends what is under way; hosts that are there stay. */
  end(run: WaitingRun, machines: readonly MachineAmongSeveral[]): Promise<void> {
    const { db, runner, bus, clock } = this.#platform;
    return runner.whileWaiting(async () => {
      for (;;) {
        const jobs = await lastJobsSince(
          db,
          run.jobId,
          machines.map(({ hostId }) => hostId),
        );
        const busy = machines.filter(({ hostId }) => isUnderWay(jobs.get(hostId)));
        if (busy.length === 0) return;
        for (const { hostId } of busy) {
          const request = { kind: installKind, targetId: hostId };
          const ended = await db.transaction().execute((tx) => requestCancellation(tx, request, clock.now()));
          for (const jobId of ended) await tellOfCancellation({ runner, bus }, jobId);
        }
        await waitAMoment(runner, run);
      }
    });
  }

  async #left(db: Database, machines: readonly MachineAmongSeveral[]): Promise<MachineAmongSeveral[]> {
    if (machines.length === 0) return [];
    const rows = await db
      .selectFrom('Host')
      .select('id')
      .where(
        'id',
        'in',
        machines.map(({ hostId }) => hostId),
      )
      .execute();
    const there = new Set(rows.map(({ id }) => id));
    return machines.filter(({ hostId }) => !there.has(hostId));
  }
}

function failureOf(
  failed: readonly MachineAmongSeveral[],
  jobs: ReadonlyMap<string, LastJob>,
): PlatformError {
  const reasons = failed.map(({ hostId, ssh }) => {
    const { status, error } = jobs.get(hostId) ?? { status: 'FAILED', error: null };
    return `${ssh.address}: ${error?.message ?? `its installation is ${status}`}`;
  });
  const [first] = failed;
  const error = first && jobs.get(first.hostId)?.error;
  // Jobs keep codes as text; those of a job's error are codes of the platform.
  const code = (error?.code ?? 'HOST_UNFIT') as ErrorCode;
  return new PlatformError(code, reasons.join('; '), {
    ...(error?.remedy && { remedy: error.remedy }),
    details: { path: first?.path, hosts: failed.map(({ ssh }) => ssh.address) },
  });
}
