import { createHash } from 'node:crypto';
import type { Database, Transaction } from '@nephos/model/database.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { Actor } from './actor.ts';
import { audit } from './audit.ts';
import { canonicalJson } from './canonical-json.ts';
import { PlatformError } from './errors.ts';
import type { JobRunner } from './jobs/job-runner.ts';
import { insertJob, type JobRow } from './jobs/job-store.ts';
import type { Saga, SagaOutputs } from './jobs/saga.ts';
import { withPartitions } from './partitions.ts';
import { currentTraceId } from './trace.ts';
import { transactionWithRetry } from './deadlocks.ts';
import type { JobStep } from '@nephos/model/shapes/job.ts';

/** Ids of what a mutation made or changed, by name; kept for 24 hours when it carried an idempotency key. */
export type Answer = Record<string, string>;

export interface MutationFacts {
  /** Permission that is exercised. */
  action: string;
  /** `null`: the platform itself. */
  actor: Actor | null;
  /** The client's input, for comparison under one idempotency key. */
  input: { idempotencyKey?: string | null | undefined };
}

export interface JobTarget {
  kind: string;
  id: string;
  accountId: Id<'Account'> | null;
  /** Id of the resource whose jobs run one after the other; the target itself when left out. */
  lane?: string;
}

/** One mutation's transaction, and what is to be written beside the change itself. */
export class Mutation {
  readonly tx: Transaction;
  /** The moment that all of it happens at. */
  readonly at: Date;
  readonly #actor: Actor | null;
  readonly #runner: JobRunner;
  readonly #jobs: JobRow[] = [];
  #target: { kind: string; id: string } | undefined;
  #targetAccount: Id<'Account'> | null | undefined;
  #details: Record<string, unknown> | undefined;

  constructor(tx: Transaction, at: Date, actor: Actor | null, runner: JobRunner) {
    this.tx = tx;
    this.at = at;
    this.#actor = actor;
    this.#runner = runner;
  }

  /** Names what the audit log says this was done to. */
  concerns(
    kind: string,
    id: string,
    accountId?: Id<'Account'> | null,
    details?: Record<string, unknown>,
  ): void {
    this.#target = { kind, id };
    this.#targetAccount = accountId;
    this.#details = details;
  }

  /**
   * Makes a job; it begins once the transaction is committed. Its target's row must be locked by then. Steps that are
   * `done` were carried out in this very transaction; they will be undone like the others if it comes to that.
   */
  async startJob<Input, Outputs extends SagaOutputs>(
    saga: Saga<Input, Outputs>,
    input: Input,
    target: JobTarget,
    done: readonly (keyof Outputs & string)[] = [],
  ): Promise<JobRow> {
    const at = this.at.toISOString();
    const first = saga.steps.find(({ name }) => !done.includes(name))?.name;
    const steps = saga.steps.map(({ name }): JobStep => {
      if (done.includes(name))
        return { name, status: 'SUCCEEDED', isRecorded: true, startedAt: at, finishedAt: at };
      return name === first ? { name, status: 'RUNNING', startedAt: at } : { name, status: 'PENDING' };
    });
    const job = await insertJob(
      this.tx,
      {
        kind: saga.kind,
        steps,
        input,
        lane: target.lane ?? target.id,
        targetKind: target.kind,
        targetId: target.id,
        accountId: target.accountId,
        actorUserId: this.#actor?.userId ?? null,
        actorName: this.#actor?.username ?? 'system',
        traceId: currentTraceId(),
      },
      this.at,
      this.#runner.vacancy,
    );
    this.#jobs.push(job);
    if (this.#target === undefined) this.concerns(target.kind, target.id, target.accountId);
    return job;
  }

  /** Writes the audit event; to be called once, last. */
  async finish(action: string): Promise<JobRow[]> {
    const jobId = this.#jobs[0]?.id;
    await audit(this.tx, {
      action,
      outcome: 'SUCCEEDED',
      at: this.at,
      actor: this.#actor,
      ...(this.#target && { target: this.#target }),
      ...(this.#targetAccount !== undefined && { accountId: this.#targetAccount }),
      ...(jobId && { jobId }),
      ...(this.#details && { details: this.#details }),
    });
    return this.#jobs;
  }
}

/** Every change that a user asks for goes through here: one transaction, audited, idempotent where asked. */
export class Mutations {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #runner: JobRunner;

  constructor(options: { db: Database; clock: Clock; runner: JobRunner }) {
    this.#db = options.db;
    this.#clock = options.clock;
    this.#runner = options.runner;
  }

  /**
   * Runs `body` in a transaction; once more, from its beginning, when that waited in a circle with others, or had no
   * partition to write to: what it leaves outside, it sets and does not add to. With an idempotency key that was used
   * before, `body` is not run: its first answer is given again.
   * @throws PlatformError IDEMPOTENCY_CONFLICT when the key came with another operation or other input
   */
  async run<Made extends Answer>(
    facts: MutationFacts,
    body: (mutation: Mutation) => Promise<Made>,
  ): Promise<Made> {
    const { action, actor, input } = facts;
    const work = async (tx: Transaction) => {
      const key =
        actor === null || input.idempotencyKey == null
          ? undefined
          : { userId: actor.userId, key: input.idempotencyKey };
      const earlier = key && (await takeKey(tx, key, facts, this.#clock.now()));
      if (earlier !== undefined) return { answer: earlier as Made, jobs: [] };
      const mutation = new Mutation(tx, this.#clock.now(), actor, this.#runner);
      const made = await body(mutation);
      if (key !== undefined) await keepAnswer(tx, key, made);
      return { answer: made, jobs: await mutation.finish(action) };
    };
    const { answer, jobs } = await withPartitions(
      this.#db,
      () => [this.#clock.now()],
      () => transactionWithRetry(this.#db, work),
    );
    for (const job of jobs) this.#runner.begin(job);
    return answer;
  }
}

interface UserKey {
  userId: Id<'User'>;
  key: string;
}

/**
 * Claims a key. Of two requests at the same moment the second waits at the insert until the first is committed, and
 * then finds its answer.
 */
async function takeKey(
  tx: Transaction,
  { userId, key }: UserKey,
  { action, input }: MutationFacts,
  at: Date,
): Promise<Answer | undefined> {
  if (!/^[\x21-\x7e]{1,128}$/.test(key)) {
    throw new PlatformError(
      'VALIDATION_FAILED',
      'input.idempotencyKey must be 1 to 128 printable ASCII characters without spaces',
      {
        details: { path: 'input.idempotencyKey', rule: '1 to 128 printable ASCII characters without spaces' },
      },
    );
  }
  const inputHash = createHash('sha256').update(canonicalJson(input)).digest();
  const taken = await tx
    .insertInto('IdempotencyKey')
    .values({ userId, key, operation: action, inputHash, createdAt: at })
    .onConflict((conflict) => conflict.doNothing())
    .returning('key')
    .executeTakeFirst();
  if (taken !== undefined) return undefined;
  const earlier = await tx
    .selectFrom('IdempotencyKey')
    .selectAll()
    .where('userId', '=', userId)
    .where('key', '=', key)
    .executeTakeFirstOrThrow();
  if (earlier.operation !== action || !inputHash.equals(earlier.inputHash)) {
    throw new PlatformError(
      'IDEMPOTENCY_CONFLICT',
      `idempotency key ${key} was used for ${earlier.operation} with other input`,
      {
        details: { idempotencyKey: key, operation: earlier.operation },
        remedy: 'use a new key for a new request',
      },
    );
  }
  return earlier.answer ?? {};
}

async function keepAnswer(tx: Transaction, { userId, key }: UserKey, answer: Answer): Promise<void> {
  await tx
    .updateTable('IdempotencyKey')
    .set({ answer: JSON.stringify(answer) })
    .where('userId', '=', userId)
    .where('key', '=', key)
    .execute();
}
