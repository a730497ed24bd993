import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { ArrearsStage } from '@nephos/model/generated/enums.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import type { LifecycleService } from '../../compute/virtual-machine/lifecycle-service.ts';
import type { AccessNotices } from '../../identity/access/access-notices.ts';
import type { AccountMachines } from '../../identity/account/account-machines.ts';
import { isDatabaseUnavailable } from '../../platform/database-errors.ts';
import type { JobRunner } from '../../platform/jobs/job-runner.ts';
import type { Saga, SagaOutputs } from '../../platform/jobs/saga.ts';
import type { Mutation } from '../../platform/mutations.ts';
import type { Platform } from '../../platform/platform.ts';
import { Reconciler } from '../../platform/reconciler.ts';
import { hasTermEnded } from '../prepaid/store.ts';
import { isBelowZero, readCounted, type CountedBalance } from './arrears-store.ts';
import { tellOfFalls } from './balance-alerts.ts';
import { readPolicies, type EffectivePolicy } from './policies.ts';
import { holdSaga, lockSaga, stopSaga, warnSaga } from './sagas/escalate.ts';
import { liftSaga } from './sagas/lift.ts';
import { nextStage } from './stages.ts';

export interface ArrearsDeps {
  machines: LifecycleService;
  accountMachines: AccountMachines;
  access: AccessNotices;
}

type Arrears = Row<'Arrears'>;

/** What failed is tried again after this. */
const pauseMs = 3_600_000;

/** Compares balances with what policies say, and does the next step where one is due: each is a job. */
export class ArrearsWatch {
  readonly reconciler: Reconciler;
  readonly #platform: Platform;
  readonly #jobs: ReturnType<typeof stageJobs>;

  constructor(platform: Platform, deps: ArrearsDeps) {
    this.#platform = platform;
    this.#jobs = stageJobs(platform, deps);
    const { settings, log } = platform;
    this.reconciler = new Reconciler({
      name: 'arrears',
      everySeconds: () => settings.get('quota.check.interval'),
      look: () => this.look(),
      log,
    });
  }

  /** Looks at every account that has a policy, and at every one that has come anywhere. */
  async look(): Promise<void> {
    const { db, log } = this.#platform;
    const policies = await this.#policies(db);
    const arrears = await db.selectFrom('Arrears').selectAll().execute();
    const accountIds = [...new Set([...policies.keys(), ...arrears.map(({ accountId }) => accountId)])];
    if (accountIds.length === 0) return;
    const balances = Map.groupBy(await readCounted(db, accountIds), ({ row }) => row.accountId as string);
    const known = new Map(arrears.map((each) => [each.accountId as string, each]));
    for (const accountId of accountIds) {
      const own = balances.get(accountId) ?? [];
      try {
        await this.#lookAt(accountId as Id<'Account'>, own, policies.get(accountId), known.has(accountId));
      } catch (error) {
        if (isDatabaseUnavailable(error)) throw error;
        // What is wrong with one account is no reason to leave all others alone.
        log.error({ err: error, accountId }, 'the balance of an account could not be looked at');
      }
    }
  }

  async #lookAt(
    accountId: Id<'Account'>,
    balances: readonly CountedBalance[],
    policy: EffectivePolicy | undefined,
    isInArrears: boolean,
  ): Promise<void> {
    const { db, clock } = this.#platform;
    if (policy !== undefined) await tellOfFalls(db, policy, balances, clock.now());
    const isBelow = policy !== undefined && balances.some(isBelowZero);
    if (isBelow || isInArrears) await this.#advance(accountId);
  }

  /** Policies in force, by account; none while nobody wants balances to be watched. */
  async #policies(
    db: Database | Transaction,
    accountIds?: readonly string[],
  ): Promise<Map<string, EffectivePolicy>> {
    if (!this.#platform.settings.get('quota.enable.service')) return new Map();
    return readPolicies(db, accountIds);
  }

  /** Decides anew, with the account held: another server, or a credit, may have come first. */
  async #advance(accountId: Id<'Account'>): Promise<void> {
    const { mutations, db, clock } = this.#platform;
    // Most looks find nothing to do: that takes no audit event.
    if ((await this.#due(db, accountId, clock.now())) === undefined) return;
    await mutations.run({ action: 'arrears.advance', actor: null, input: {} }, async (mutation) => {
      const { tx, at } = mutation;
      await tx.selectFrom('Account').select('id').where('id', '=', accountId).forUpdate().execute();
      const stage = await this.#due(tx, accountId, at);
      mutation.concerns('Account', accountId, accountId, { stage: stage ?? null });
      if (stage !== undefined) await this.#enter(mutation, accountId, stage);
      return {};
    });
  }

  /** The stage that an account is to come to now, or whose job is to be done again; mostly there is none. */
  async #due(
    db: Database | Transaction,
    accountId: Id<'Account'>,
    at: Date,
  ): Promise<ArrearsStage | undefined> {
    const arrears = await db
      .selectFrom('Arrears')
      .innerJoin('Account', 'Account.id', 'Arrears.accountId')
      .selectAll('Arrears')
      .select('Account.isDeleting')
      .where('accountId', '=', accountId)
      .executeTakeFirst();
    // It is on its way out: nothing comes back, and nothing is left to be taken.
    if (arrears?.isDeleting === true) return undefined;
    const policy = (await this.#policies(db, [accountId])).get(accountId);
    const isBelow = policy !== undefined && (await readCounted(db, [accountId])).some(isBelowZero);
    if (arrears === undefined) return isBelow ? 'WARNED' : undefined;
    if (arrears.stage === 'LIFTING' || !isBelow) {
      if (arrears.stage !== 'LIFTING') return 'LIFTING';
      return (await this.#mustRepeat(db, arrears, at)) ? 'LIFTING' : undefined;
    }
    return this.#escalated(db, policy, arrears, at);
  }

  async #escalated(
    db: Database | Transaction,
    policy: EffectivePolicy,
    arrears: Arrears,
    at: Date,
  ): Promise<ArrearsStage | undefined> {
    const next = nextStage(policy, arrears.stage, arrears.since);
    if (next !== undefined && next.at <= at) return next.stage;
    if (await this.#mustStopMore(db, policy, arrears, at)) return 'STOPPED';
    return (await this.#mustRepeat(db, arrears, at)) ? arrears.stage : undefined;
  }

  /** Whether a machine that ran on, because it was paid for in advance, is not any more. */
  async #mustStopMore(
    db: Database | Transaction,
    { stopAfterHours }: EffectivePolicy,
    { accountId, stage, since, jobId }: Arrears,
    at: Date,
  ): Promise<boolean> {
    if (stopAfterHours === null || !['STOPPED', 'LOCKED'].includes(stage)) return false;
    // Jobs are not kept for ever.
    const stoppedAt = (await findJob(db, jobId))?.createdAt ?? since;
    return hasTermEnded(db, accountId, { since: stoppedAt, at });
  }

  /** Whether the job of a stage came to nothing: whoever cancelled it has not paid. */
  async #mustRepeat(db: Database | Transaction, { jobId }: Arrears, at: Date): Promise<boolean> {
    const job = await findJob(db, jobId);
    if (job?.status === 'CANCELLED') return true;
    return job?.status === 'FAILED' && (job.finishedAt?.getTime() ?? 0) + pauseMs <= at.getTime();
  }

  async #enter(mutation: Mutation, accountId: Id<'Account'>, stage: ArrearsStage): Promise<void> {
    const { tx, at } = mutation;
    const job = await this.#jobs[stage](mutation, accountId);
    await tx
      .insertInto('Arrears')
      .values({ id: newId('Arrears'), accountId, stage, since: at, jobId: job.id, createdAt: at })
      .onConflict((conflict) => conflict.column('accountId').doUpdateSet({ stage, jobId: job.id }))
      .execute();
  }
}

function findJob(db: Database | Transaction, id: Id<'Job'>) {
  return db
    .selectFrom('Job')
    .select(['status', 'createdAt', 'finishedAt'])
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Makes a job of a kind, in the transaction that decides on it. */
function stageJob<Outputs extends SagaOutputs>(
  runner: JobRunner,
  saga: Saga<{ accountId: Id<'Account'> }, Outputs>,
) {
  runner.register(saga);
  return (mutation: Mutation, accountId: Id<'Account'>) =>
    mutation.startJob(saga, { accountId }, { kind: 'Account', id: accountId, accountId });
}

/** The job of each stage. */
function stageJobs({ db, clock, runner }: Platform, deps: ArrearsDeps) {
  const { machines, accountMachines, access } = deps;
  const escalation = { db, clock, machines: accountMachines, access };
  return {
    WARNED: stageJob(runner, warnSaga(escalation)),
    GRACE: stageJob(runner, holdSaga(escalation)),
    STOPPED: stageJob(runner, stopSaga(escalation)),
    LOCKED: stageJob(runner, lockSaga(escalation)),
    LIFTING: stageJob(runner, liftSaga({ db, clock, runner, machines, access })),
  };
}
