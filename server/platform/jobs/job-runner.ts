import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@nephos/model/database.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { isDatabaseUnavailable } from '../database-errors.ts';
import { PlatformError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { PromiseGate } from '../promise-gate.ts';
import { withTrace } from '../trace.ts';
import { ServerStopping } from './job-error.ts';
import { JobRecord } from './job-record.ts';
import { claimOrphans, claimQueued, LeaseLost, releaseJob, type JobRow, type Lease } from './job-store.ts';
import type { Saga, SagaOutputs } from './saga.ts';
import { SagaExecution } from './saga-execution.ts';

export interface JobRunnerOptions {
  db: Database;
  serverId: Id<'ServerInstance'>;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  /** Most jobs at a time. */
  concurrency: number;
  /** Points at which a job is left lying, for fault tests, separated by commas; empty: never. */
  parkAt: string;
}

/** A job that nobody was told of is found within this time. */
const lookMs = 1000;
/** A job that this program cannot carry on, by a bug or because a newer one made it, is offered again after this. */
const giveBackMs = 5000;

/** Carries out jobs on this server: those made here, and those whose server is gone. */
export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #parkAt: ReadonlySet<string>;
  readonly #sagas = new Map<string, Saga>();
  readonly #running = new Map<string, { cancel: AbortController; done: Promise<void> }>();
  /** Jobs made here that wait for their lane, or for room. */
  readonly #queuedHere = new Set<string>();
  readonly #work = new PromiseGate();
  /** Of those that run here, how many do nothing but wait for other jobs. */
  #waiting = 0;
  #isStopping = false;
  #loop: Promise<void> | undefined;

  constructor(options: JobRunnerOptions) {
    this.#options = options;
    this.#parkAt = new Set(options.parkAt.split(','));
  }

  /** Makes a kind of job known; every server knows every kind. */
  register<Input, Outputs extends SagaOutputs>(saga: Saga<Input, Outputs>): void {
    if (this.#sagas.has(saga.kind)) throw new Error(`there are two sagas of kind ${saga.kind}`);
    this.#sagas.set(saga.kind, saga as unknown as Saga);
  }

  /** @throws Error for a kind that was never registered */
  sagaOf(kind: string): Saga {
    const saga = this.#sagas.get(kind);
    if (saga === undefined) throw new Error(`no saga of kind ${kind} is registered`);
    return saga;
  }

  /** Whether this server takes no more jobs: a step that waits leaves the rest to another. */
  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** This server's id while it can take one more job: a job may then be born running here. */
  get vacancy(): Id<'ServerInstance'> | null {
    return !this.#isStopping && this.#room > 0 ? this.#options.serverId : null;
  }

  /** A job that waits for others takes no place: were all taken by those who wait, the others would never get one. */
  get #room(): number {
    return this.#options.concurrency - (this.#running.size - this.#waiting);
  }

  /** Carries out what a step does while it only waits for other jobs. */
  async whileWaiting<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#waiting++;
    this.#work.open();
    try {
      return await work();
    } finally {
      this.#waiting--;
    }
  }

  start(): void {
    this.#loop = this.#lookForWork();
  }

  /** Takes up a job that was just made here and is committed. */
  begin(job: JobRow): void {
    const done = job.steps.filter(({ status }) => status === 'SUCCEEDED');
    const point = done.map(({ name }) => `${job.kind}:${name}`).find((each) => this.#parkAt.has(each));
    if (point !== undefined) {
      this.#running.set(job.id, { cancel: new AbortController(), done: this.#park(point) });
      return;
    }
    if (job.status !== 'QUEUED') {
      // It may have been taken for forgotten while its commit was slow to be answered.
      if (!this.#running.has(job.id)) this.#start(job);
    } else {
      this.#queuedHere.add(job.id);
      this.#work.open();
    }
  }

  #start(job: JobRow): void {
    this.#queuedHere.delete(job.id);
    const cancel = new AbortController();
    const done = withTrace({ traceId: job.traceId, jobId: job.id }, () => this.#execute(job, cancel));
    this.#running.set(job.id, { cancel, done });
    this.#options.metrics.jobsRunning.set(this.#running.size);
  }

  /** Cancels a job if it runs here. */
  cancel(jobId: string): void {
    this.#running.get(jobId)?.cancel.abort(new PlatformError('CANCELLED', 'the job was cancelled'));
  }

  /** Takes no more jobs. Those under way are given back as soon as their step notices that the server stops. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#work.open();
    await this.#loop;
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  async #lookForWork(): Promise<void> {
    const { db, serverId, clock, log } = this.#options;
    for (let orphansAt = 0; !this.#isStopping;) {
      await this.#work.waitOpen(lookMs);
      this.#work.close();
      try {
        if (performance.now() - orphansAt >= lookMs) {
          orphansAt = performance.now();
          await this.#take((room) => claimOrphans(db, serverId, [...this.#running.keys()], room));
        }
        await this.#take((room) => claimQueued(db, serverId, room, clock.now()));
      } catch (error) {
        if (isDatabaseUnavailable(error))
          log.warn({ err: error }, 'cannot look for jobs: the database is away');
        else log.error({ err: error }, 'cannot look for jobs');
      }
    }
  }

  async #take(claim: (room: number) => Promise<JobRow[]>): Promise<void> {
    if (this.#room <= 0 || this.#isStopping) return;
    for (const job of await claim(this.#room)) this.#start(job);
  }

  async #execute(job: JobRow, cancel: AbortController): Promise<void> {
    const { db, serverId, clock, metrics } = this.#options;
    const log = this.#options.log.child({ jobKind: job.kind });
    const lease: Lease = { jobId: job.id, serverId, attempt: job.attempt };
    // The caller registers the job before anything of it happens.
    await Promise.resolve();
    if (job.cancelRequestedAt !== null) this.cancel(job.id);
    const record = new JobRecord(job, lease, {
      db,
      clock,
      log,
      onCancelRequested: () => this.cancel(job.id),
    });
    try {
      const status = await new SagaExecution(this.sagaOf(job.kind), record, {
        log,
        cancelled: cancel.signal,
        park: (point) => this.#park(point),
      }).run();
      log.info({ status, milliseconds: clock.now().getTime() - job.createdAt.getTime() }, 'job ended');
      metrics.jobsFinished.inc({ kind: job.kind, status });
      metrics.jobSeconds.observe(
        { kind: job.kind },
        (clock.now().getTime() - job.createdAt.getTime()) / 1000,
      );
    } catch (error) {
      if (error instanceof ServerStopping) await releaseJob(db, lease).catch(() => undefined);
      else if (error instanceof LeaseLost) log.warn('another server took this job over');
      else {
        log.error({ err: error }, 'job could not be carried on; it is given back');
        await sleep(giveBackMs);
        await releaseJob(db, lease).catch(() => undefined);
      }
    } finally {
      // Given back, it may have been taken up here again.
      if (this.#running.get(job.id)?.cancel === cancel) this.#running.delete(job.id);
      metrics.jobsRunning.set(this.#running.size);
      // It may have been the one that others waited for.
      if (this.#queuedHere.size > 0) this.#work.open();
    }
  }

  #park(point: string): Promise<void> {
    if (!this.#parkAt.has(point)) return Promise.resolve();
    this.#options.log.warn({ point }, 'parked for a fault test');
    return new Promise(() => undefined);
  }
}
