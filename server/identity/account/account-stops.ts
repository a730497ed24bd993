import type { Database } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { JobRunner } from '../../platform/jobs/job-runner.ts';
import type { JobRow } from '../../platform/jobs/job-store.ts';
import type { Mutation } from '../../platform/mutations.ts';
import type { AccountMachines } from './account-machines.ts';
import { stopMachinesSaga } from './sagas/stop-machines.ts';

/** Turns off all machines of an account that was disabled, or of a project that was suspended. */
export class AccountStops {
  readonly #saga: ReturnType<typeof stopMachinesSaga>;

  constructor(options: { db: Database; runner: JobRunner; machines: AccountMachines }) {
    this.#saga = stopMachinesSaga(options);
    options.runner.register(this.#saga);
  }

  /** Makes the job, in the transaction that disables or suspends: the target's row is locked by now. */
  start(
    mutation: Mutation,
    accountId: Id<'Account'>,
    target: { kind: string; id: string } = { kind: 'Account', id: accountId },
  ): Promise<JobRow> {
    return mutation.startJob(this.#saga, { accountId }, { ...target, accountId });
  }
}
