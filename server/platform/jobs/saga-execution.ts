import { setTimeout as sleep } from 'node:timers/promises';
import { PlatformError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { jobErrorOf, ServerStopping } from './job-error.ts';
import type { JobRecord } from './job-record.ts';
import { LeaseLost } from './job-store.ts';
import type { Saga, SagaOutputs, SagaRun, Step } from './saga.ts';

type AnyStep = Step<unknown, SagaOutputs>;

/** How a job can end; STUCK is no end, but nothing goes on by itself. */
export type JobEndStatus = 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'STUCK';

export interface ExecutionOptions {
  log: Logger;
  /** Aborted, with a CANCELLED error, when the job is to be cancelled. */
  cancelled: AbortSignal;
  /**
   * Fault tests stop the world here: `saga:step` is after the step was written, `saga:step:acted` before; on the way
   * back `saga:step:undone` and `saga:step:undoActed`.
   */
  park(point: string): Promise<void>;
}

/** Pauses before an undo that failed is tried again; after the last the job is stuck. */
const undoRetryMs = [500, 2000, 5000];
const neverAborted = new AbortController().signal;

/** One job being carried out by this server: forward, or back. */
export class SagaExecution {
  readonly #saga: Saga;
  readonly #record: JobRecord;
  readonly #options: ExecutionOptions;
  #input: unknown;

  constructor(saga: Saga, record: JobRecord, options: ExecutionOptions) {
    this.#saga = saga;
    this.#record = record;
    this.#options = options;
  }

  /**
   * Carries the job to its end from wherever it stands.
   * @throws ServerStopping or LeaseLost when it must be left to another server
   */
  async run(): Promise<JobEndStatus> {
    try {
      const isUnwinding = this.#record.error !== null || this.#record.isCancelling;
      if (!isUnwinding && (await this.#forward())) return 'SUCCEEDED';
      return await this.#backward();
    } finally {
      this.#record.stopProgress();
    }
  }

  /** @returns whether every step succeeded; if not, why not is written down */
  async #forward(): Promise<boolean> {
    const { kind, steps } = this.#saga;
    for (const [index, step] of steps.entries()) {
      if (this.#record.step(index).status === 'SUCCEEDED') continue;
      try {
        if (this.#canBeCancelledBefore(index)) this.#options.cancelled.throwIfAborted();
        this.#record.begin(index, 'RUNNING');
        const run = this.#runOf(step, index, 'do');
        const output = await this.#record.whileDatabaseIsAway(
          () => step.act?.(run) ?? Promise.resolve(undefined),
        );
        await this.#options.park(`${kind}:${step.name}:acted`);
        await this.#finish(index, step, run, output);
        await this.#options.park(`${kind}:${step.name}`);
      } catch (error) {
        if (isNotOurs(error)) throw error;
        await this.#giveUp(index, error);
        return false;
      }
    }
    return true;
  }

  /** One write at the boundary: what the step wrote, that it is done, and that the next has begun. */
  async #finish(
    index: number,
    step: AnyStep,
    run: SagaRun<unknown, SagaOutputs>,
    output: SagaOutputs[string],
  ): Promise<void> {
    const record = this.#record;
    const isLast = index === this.#saga.steps.length - 1;
    const before = { ...record.step(index) };
    record.outputs[step.name] = output;
    record.end(index, 'SUCCEEDED');
    try {
      if (isLast) {
        await record.commit('SUCCEEDED', async (tx) => {
          await step.record?.(tx, run, output);
          return { resultId: (await this.#saga.succeeded?.(tx, run)) ?? null };
        });
        return;
      }
      record.begin(index + 1, 'RUNNING');
      const write = step.record?.bind(step);
      await record.commit(
        'RUNNING',
        write &&
          (async (tx) => {
            await write(tx, run, output);
            return undefined;
          }),
      );
    } catch (error) {
      // What `record` refused has not happened: the step did not succeed, and the next one has not begun.
      Object.assign(record.step(index), { isRecorded: undefined, ...before });
      if (!isLast) Object.assign(record.step(index + 1), { status: 'PENDING', startedAt: undefined });
      throw error;
    }
  }

  async #giveUp(index: number, reason: unknown): Promise<void> {
    const { cancelled, log } = this.#options;
    const record = this.#record;
    record.isCancelling = cancelled.aborted && reason === cancelled.reason;
    if (record.isCancelling) log.info('cancelling');
    else log.warn({ err: reason, step: this.#saga.steps[index]?.name }, 'step failed; unwinding');
    record.error = jobErrorOf(reason);
    if (record.step(index).status === 'RUNNING') record.end(index, 'FAILED');
    await record.commit(this.#statusWhileUnwinding);
  }

  async #backward(): Promise<JobEndStatus> {
    const record = this.#record;
    const error = record.error ?? jobErrorOf(new PlatformError('CANCELLED', 'the job was cancelled'));
    for (const [index, step] of [...this.#saga.steps.entries()].reverse()) {
      const { status } = record.step(index);
      if (status === 'PENDING' || status === 'UNDONE') continue;
      if (this.#saga.keepsWhatSucceeded && status === 'SUCCEEDED') continue;
      if (step.undo === undefined && step.recordUndo === undefined) continue;
      const failure = await this.#undo(step, index);
      if (failure !== undefined) return this.#stick(step, index, failure);
    }
    const status = record.isCancelling ? 'CANCELLED' : 'FAILED';
    await record.commit(status, async (tx) => {
      await this.#saga.failed?.(tx, this.#runOf(undefined, 0, 'undo'), error);
      return undefined;
    });
    return status;
  }

  /** @returns why it could not be undone, after the last try */
  async #undo(step: AnyStep, index: number): Promise<unknown> {
    const record = this.#record;
    const { kind } = this.#saga;
    const { park } = this.#options;
    record.begin(index, 'UNDOING');
    await record.commit(this.#statusWhileUnwinding);
    for (let failures = 0; ; failures++) {
      const run = this.#runOf(step, index, 'undo');
      try {
        await record.whileDatabaseIsAway(() => step.undo?.(run) ?? Promise.resolve());
        await park(`${kind}:${step.name}:undoActed`);
        record.end(index, 'UNDONE');
        await record.commit(this.#statusWhileUnwinding, async (tx) => {
          if (record.step(index).isRecorded) await step.recordUndo?.(tx, run);
          return undefined;
        });
        await park(`${kind}:${step.name}:undone`);
        return undefined;
      } catch (error) {
        if (isNotOurs(error)) throw error;
        this.#options.log.warn({ err: error, step: step.name }, 'undo failed');
        record.begin(index, 'UNDOING');
        record.undoFailed(index);
        await record.commit(this.#statusWhileUnwinding);
        const pause = undoRetryMs[failures];
        if (pause === undefined) return error;
        await sleep(pause);
      }
    }
  }

  async #stick(step: AnyStep, index: number, reason: unknown): Promise<'STUCK'> {
    this.#options.log.error({ err: reason, step: step.name }, 'job is stuck: an undo keeps failing');
    this.#record.end(index, 'UNDO_FAILED');
    this.#record.step(index).detail = jobErrorOf(reason).message;
    await this.#record.commit('STUCK');
    return 'STUCK';
  }

  get #statusWhileUnwinding() {
    return this.#record.isCancelling ? 'CANCELLING' : 'RUNNING';
  }

  #canBeCancelledBefore(index: number): boolean {
    const { steps, noReturnFrom, noReturnAfter } = this.#saga;
    const limit = steps.findIndex(({ name }) => name === noReturnFrom || name === noReturnAfter);
    return limit < 0 || index <= limit;
  }

  #runOf(step: AnyStep | undefined, index: number, direction: 'do' | 'undo'): SagaRun<unknown, SagaOutputs> {
    const record = this.#record;
    const mayBeBrokenOff =
      direction === 'do' && this.#canBeCancelledBefore(index) && step?.name !== this.#saga.noReturnFrom;
    // Agents remember how a command ended: after a failure only one of another name does anything.
    const failures = step === undefined || direction === 'do' ? 0 : (record.step(index).undoFailures ?? 0);
    const tries = failures === 0 ? '' : `.${failures + 1}`;
    return {
      jobId: record.job.id,
      traceId: record.job.traceId,
      input: (this.#input ??= this.#saga.input.parse(record.job.input)),
      signal: mayBeBrokenOff ? this.#options.cancelled : neverAborted,
      commandKey: `${record.job.id}.${step?.name ?? 'end'}.${direction}${tries}`,
      findOutput: (name) => record.outputs[name],
      output: (name) => {
        const output = record.outputs[name];
        if (output === undefined || output === null)
          throw new Error(`step ${name} of ${this.#saga.kind} left no output`);
        return output;
      },
      progress: (percent, detail) => record.progress(index, percent, detail),
    };
  }
}

/** Errors after which this server must not write to the job any more. */
function isNotOurs(error: unknown): boolean {
  return error instanceof ServerStopping || error instanceof LeaseLost;
}
