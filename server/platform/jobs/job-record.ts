import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Transaction } from '@nephos/model/database.ts';
import type { JobStatus } from '@nephos/model/generated/enums.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import type { JobError, JobStep } from '@nephos/model/shapes/job.ts';
import { isDatabaseUnavailable } from '../database-errors.ts';
import type { Logger } from '../log.ts';
import { hasReached, saveBoundary, saveProgress, type JobRow, type Lease } from './job-store.ts';
import type { Json } from './saga.ts';

const progressMs = 500;
const databaseRetryMs = 500;

/** A job's steps and outputs in memory, and how they get to the database. */
export class JobRecord {
  readonly job: JobRow;
  readonly outputs: Record<string, Json | undefined>;
  error: JobError | null;
  isCancelling: boolean;
  readonly #steps: JobStep[];
  readonly #lease: Lease;
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #onCancelRequested: () => void;
  #boundary: number;
  #progressTimer: NodeJS.Timeout | undefined;

  constructor(
    job: JobRow,
    lease: Lease,
    options: { db: Database; clock: Clock; log: Logger; onCancelRequested: () => void },
  ) {
    this.job = job;
    this.error = job.error;
    this.isCancelling = job.status === 'CANCELLING';
    this.outputs = structuredClone(job.outputs) as Record<string, Json | undefined>;
    this.#steps = structuredClone(job.steps);
    this.#boundary = job.boundary;
    this.#lease = lease;
    this.#db = options.db;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#onCancelRequested = options.onCancelRequested;
  }

  step(index: number): JobStep {
    const step = this.#steps[index];
    if (step === undefined) throw new Error(`job ${this.job.id} (${this.job.kind}) has no step ${index}`);
    return step;
  }

  begin(index: number, status: 'RUNNING' | 'UNDOING'): void {
    const step = this.step(index);
    step.status = status;
    step.startedAt ??= this.#clock.now().toISOString();
  }

  end(index: number, status: 'SUCCEEDED' | 'FAILED' | 'UNDONE' | 'UNDO_FAILED'): void {
    const step = this.step(index);
    step.status = status;
    step.finishedAt = this.#clock.now().toISOString();
    if (status === 'SUCCEEDED') step.isRecorded = true;
    delete step.progress;
  }

  /** Taking a step back failed and is to be tried again, or not. */
  undoFailed(index: number): void {
    const step = this.step(index);
    step.undoFailures = (step.undoFailures ?? 0) + 1;
  }

  /** Shows people how far a step is. */
  progress(index: number, percent: number, detail: string): void {
    const step = this.step(index);
    step.progress = Math.round(Math.max(0, Math.min(100, percent)));
    step.detail = detail;
    this.#progressTimer ??= setTimeout(() => {
      this.#progressTimer = undefined;
      saveProgress(this.#db, this.#lease, this.#steps, this.#percent()).catch(() => undefined);
    }, progressMs);
  }

  /**
   * Writes the steps as they now stand, in one transaction with what `write` writes. What `write` returns ends up in
   * the job's end, if this is it.
   * @throws LeaseLost, and whatever `write` throws; then nothing was written
   */
  async commit(
    status: JobStatus,
    write?: (tx: Transaction) => Promise<{ resultId: string | null } | undefined>,
  ): Promise<void> {
    this.stopProgress();
    const boundary = this.#boundary + 1;
    for (;;) {
      try {
        const cancelRequestedAt =
          write === undefined
            ? await this.#save(this.#db, boundary, status, undefined)
            : await this.#db
                .transaction()
                .execute(async (tx) => this.#save(tx, boundary, status, await write(tx)));
        this.#boundary = boundary;
        if (cancelRequestedAt !== null) this.#onCancelRequested();
        return;
      } catch (error) {
        await this.#waitForDatabase(error);
        // The connection may have gone after the commit and before its answer.
        const wasWritten = await this.whileDatabaseIsAway(() => hasReached(this.#db, this.#lease, boundary));
        if (!wasWritten) continue;
        this.#boundary = boundary;
        return;
      }
    }
  }

  /** A database that is away is waited for: nothing is known to have failed. */
  async whileDatabaseIsAway<Result>(action: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await action();
      } catch (error) {
        await this.#waitForDatabase(error);
      }
    }
  }

  stopProgress(): void {
    clearTimeout(this.#progressTimer);
    this.#progressTimer = undefined;
  }

  /** @throws the error, unless it says that the database is away */
  async #waitForDatabase(error: unknown): Promise<void> {
    if (!isDatabaseUnavailable(error)) throw error;
    this.#log.warn({ err: error }, 'database is away; the job waits');
    await sleep(databaseRetryMs);
  }

  #save(
    db: Database | Transaction,
    boundary: number,
    status: JobStatus,
    end: { resultId: string | null } | undefined,
  ): Promise<Date | null> {
    const isOver = status === 'SUCCEEDED' || status === 'FAILED' || status === 'CANCELLED';
    return saveBoundary(db, this.#lease, boundary, {
      status,
      steps: this.#steps,
      outputs: this.outputs,
      progress: status === 'SUCCEEDED' ? 100 : this.#percent(),
      error: this.error,
      ...(end && { resultId: end.resultId }),
      ...(isOver && { finishedAt: this.#clock.now() }),
    });
  }

  #percent(): number {
    const done = this.#steps.reduce(
      (sum, { status, progress }) => sum + (status === 'SUCCEEDED' ? 100 : (progress ?? 0)),
      0,
    );
    return Math.floor(done / Math.max(1, this.#steps.length));
  }
}
