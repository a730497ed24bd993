import type { Database } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { LifecycleService } from '../../compute/virtual-machine/lifecycle-service.ts';
import { statesThatAccept } from '../../compute/virtual-machine/state-machine.ts';
import type { MachineRow } from '../../compute/virtual-machine/store.ts';
import type { RawBuilder } from 'kysely';
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

type Machine = Pick<MachineRow, 'id' | 'name' | 'state'>;
/** Accounts by the moment: projects may end, and domains be joined, while somebody waits. */
export type AccountsNow = () => Promise<Id<'Account'>[]>;

/** Machines worked on at a time. */
const atATime = 20;
const mostNamed = 5;

/** Stops or removes all machines of accounts, each by a job of its own, and waits until that is done. */
export class AccountMachines {
  readonly #db: Database;
  readonly #runner: JobRunner;
  readonly #machines: LifecycleService;

  constructor(options: { db: Database; runner: JobRunner; machines: LifecycleService }) {
    this.#db = options.db;
    this.#runner = options.runner;
    this.#machines = options.machines;
  }

  /** @throws PlatformError that says which machines could not be removed, and why, once all others are gone */
  remove(run: WaitingRun, accounts: AccountsNow): Promise<void> {
    return this.#runner.whileWaiting(() =>
      this.#settle(run, accounts, 'removed', async ({ id, state }) => {
        if (state === 'DESTROYED' || state === 'ERROR') await this.#machines.expunge(null, { id });
        else if (statesThatAccept('destroy').includes(state)) await this.#machines.destroy(null, { id });
      }),
    );
  }

  /**
   * @param isSpared condition on `VirtualMachine`: those run on
   * @throws PlatformError that says which machines could not be stopped, and why, once all others are off
   */
  stop(run: WaitingRun, accounts: AccountsNow, isSpared?: RawBuilder<boolean>): Promise<void> {
    return this.#runner.whileWaiting(() =>
      this.#settle(
        run,
        accounts,
        'stopped',
        async ({ id, state }) => {
          if (statesThatAccept('stop').includes(state))
            await this.#machines.stop(null, { id, isForced: false });
        },
        isSpared,
      ),
    );
  }

  /** It looks again and again and remembers nothing, so that another server can go on with it. */
  async #settle(
    run: WaitingRun,
    accounts: AccountsNow,
    goal: 'removed' | 'stopped',
    act: (machine: Machine) => Promise<void>,
    isSpared?: RawBuilder<boolean>,
  ): Promise<void> {
    for (let most = 0; ;) {
      const left = await this.#left(await accounts(), goal, isSpared);
      if (left.length === 0) return;
      most = Math.max(most, left.length);
      run.progress(Math.floor((100 * (most - left.length)) / most), `${left.length} machines are left`);
      const jobs = await lastJobsSince(
        this.#db,
        run.jobId,
        left.map(({ id }) => id),
      );
      const hopeful = left.filter(({ id, state }) => state !== 'UNKNOWN' && !hasFailed(jobs.get(id)));
      if (hopeful.length === 0) throw cannotBe(goal, left, jobs);
      const busy = hopeful.filter(({ id }) => isUnderWay(jobs.get(id)));
      const idle = hopeful.filter(({ id }) => !isUnderWay(jobs.get(id)));
      for (const machine of idle.slice(0, Math.max(0, atATime - busy.length))) {
        await act(machine).catch(unlessItMoved);
      }
      await waitAMoment(this.#runner, run);
    }
  }

  async #left(
    accountIds: readonly Id<'Account'>[],
    goal: 'removed' | 'stopped',
    isSpared?: RawBuilder<boolean>,
  ): Promise<Machine[]> {
    if (accountIds.length === 0) return [];
    let query = this.#db
      .selectFrom('VirtualMachine')
      .select(['id', 'name', 'state'])
      .where('accountId', 'in', accountIds)
      .orderBy('id');
    if (goal === 'stopped')
      query = query.where('state', 'in', [
        'STARTING',
        'RUNNING',
        'SUSPENDED',
        'STOPPING',
        'MIGRATING',
        'RESTORING',
        'RELEASING',
        'UNKNOWN',
      ]);
    if (isSpared !== undefined) query = query.where(({ not }) => not(isSpared));
    return query.execute();
  }
}

/** Somebody else did something to it in the meantime: it is looked at again. */
function unlessItMoved(error: unknown): void {
  if (error instanceof PlatformError && ['INVALID_STATE', 'NOT_FOUND'].includes(error.code)) return;
  throw error;
}

function cannotBe(
  goal: string,
  machines: readonly Machine[],
  jobs: ReadonlyMap<string, LastJob>,
): PlatformError {
  const [first] = machines;
  const error = first && jobs.get(first.id)?.error;
  const reasons = machines.slice(0, mostNamed).map(({ id, name, state }) => {
    const why = jobs.get(id)?.error?.message;
    return why === undefined ? `${name} is ${state}` : `${name}: ${why}`;
  });
  return new PlatformError(
    'INVALID_STATE',
    `${machines.length} machines could not be ${goal}: ${reasons.join('; ')}`,
    {
      details: {
        machines: machines.slice(0, mostNamed).map(({ name }) => name),
        ...(error && { code: error.code }),
      },
      remedy: 'see to their hosts, then ask for it again',
    },
  );
}
