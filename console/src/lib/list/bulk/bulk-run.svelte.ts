import { ask, newIdempotencyKey } from '../../api/connection.svelte.ts';
import { graphql } from '../../api/graphql.ts';
import { feed, type Change } from '../../api/live-feed.ts';
import { problemFrom, type Problem } from '../../api/problem.ts';
import { jobFields, type Job } from '../../jobs/fragments.ts';
import { isActive } from '../../jobs/job-status.ts';
import type { Bulk, BulkAction } from './bulk-action.ts';

/** How far one of many is: `asked` is sent and not answered, `working` has a job that is not over. */
export type ItemState = 'waiting' | 'asked' | 'working' | 'done' | 'failed';

/** One of many that something is done to. */
export interface BulkItem {
  id: string;
  name: string;
  path: string | undefined;
  state: ItemState;
  /** Percent of its job. */
  progress: number;
  jobId: string | undefined;
  /** Why it was refused or failed. */
  problem: Pick<Problem, 'code' | 'message' | 'cause' | 'remedy'> | undefined;
}

/** Asked at the same time; the server has other callers. */
const atOnce = 4;
/** Ids that are asked for in one request. */
const idsAtOnce = 100;

const jobsByIdQuery = graphql(
  `
    query JobsById($ids: [ID!]!) {
      nodes(ids: $ids) {
        id
        ...JobFields
      }
    }
  `,
  [jobFields],
);

/** Something that is done to many, a few at a time; each has an outcome of its own. It goes on on other pages. */
export class BulkRun<Row extends { id: string }> {
  readonly action: BulkAction<Row>;
  readonly items: BulkItem[];
  readonly #rows: Map<string, Row>;
  /** Jobs that were heard of, some before the answer that names them. */
  readonly #jobs = new Map<string, Job>();
  /** Without an answer nobody knows whether it was done: asked again under the same key it is done once. */
  readonly #keys = new Map<string, string>();
  #unfollow: (() => void)[] = [];

  constructor(action: BulkAction<Row>, rows: readonly Row[], { nameOf, pathOf }: Bulk<Row>) {
    this.action = action;
    this.#rows = new Map(rows.map((row) => [row.id, row]));
    const items = $state(
      rows.map((row): BulkItem => ({
        id: row.id,
        name: nameOf(row),
        path: pathOf(row),
        state: 'waiting',
        progress: 0,
        jobId: undefined,
        problem: undefined,
      })),
    );
    this.items = items;
  }

  count(state: ItemState): number {
    return this.items.filter((item) => item.state === state).length;
  }

  /** Whether every item has an outcome. */
  get isOver(): boolean {
    return this.items.every(({ state }) => state === 'done' || state === 'failed');
  }

  /** Does it to all that wait. */
  async start(): Promise<void> {
    this.#follow();
    const waiting = this.items.filter(({ state }) => state === 'waiting');
    const next = async (): Promise<void> => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await this.#do(item);
    };
    await Promise.all(Array.from({ length: atOnce }, next));
    this.#endWhenOver();
  }

  /** Does it again to those that failed, and to no others. */
  async retryFailed(): Promise<void> {
    for (const item of this.items) {
      if (item.state === 'failed') {
        Object.assign(item, { state: 'waiting', problem: undefined, jobId: undefined, progress: 0 });
      }
    }
    await this.start();
  }

  async #do(item: BulkItem): Promise<void> {
    const row = this.#rows.get(item.id);
    if (row === undefined) return;
    item.state = 'asked';
    const key = this.#keys.get(item.id) ?? newIdempotencyKey();
    this.#keys.set(item.id, key);
    try {
      item.jobId = await this.action.run(row, key);
      this.#keys.delete(item.id);
      item.state = item.jobId === undefined ? 'done' : 'working';
      const heard = item.jobId === undefined ? undefined : this.#jobs.get(item.jobId);
      if (heard !== undefined) this.#show(heard);
    } catch (error) {
      const problem = problemFrom(error);
      if (problem.code !== 'NETWORK') this.#keys.delete(item.id);
      Object.assign(item, { state: 'failed', problem });
    }
  }

  #follow(): void {
    if (this.#unfollow.length > 0) return;
    this.#unfollow = [
      feed.onChange((changes) => this.#hear(changes)),
      feed.onGap(() => void this.#readJobs().catch(() => undefined)),
    ];
  }

  #hear(changes: readonly Change[]): void {
    for (const { kind, node } of changes) {
      if (kind === 'Job' && node !== null) this.#take(node as unknown as Job);
    }
  }

  #take(job: Job): void {
    this.#jobs.set(job.id, job);
    this.#show(job);
    this.#endWhenOver();
  }

  #show(job: Job): void {
    const item = this.items.find(({ jobId, state }) => jobId === job.id && state === 'working');
    if (item === undefined) return;
    item.progress = job.progress;
    if (isActive(job) && job.status !== 'STUCK') return;
    item.state = job.status === 'SUCCEEDED' ? 'done' : 'failed';
    item.problem =
      item.state === 'done'
        ? undefined
        : {
            code: job.error?.code ?? job.status,
            message: job.error?.message ?? job.status,
            cause: job.error?.cause ?? undefined,
            remedy: job.error?.remedy ?? undefined,
          };
  }

  /** Asks for the jobs that are not over: changes of theirs may have been missed. */
  async #readJobs(): Promise<void> {
    const ids = this.items.flatMap(({ jobId, state }) => (state === 'working' && jobId ? [jobId] : []));
    for (let from = 0; from < ids.length; from += idsAtOnce) {
      const { nodes } = await ask(jobsByIdQuery, { ids: ids.slice(from, from + idsAtOnce) });
      for (const node of nodes) if (node !== null) this.#take(node as unknown as Job);
    }
  }

  #endWhenOver(): void {
    if (!this.isOver) return;
    for (const end of this.#unfollow) end();
    this.#unfollow = [];
  }
}
