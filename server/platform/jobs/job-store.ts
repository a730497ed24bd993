import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import type { JobStatus } from '@nephos/model/generated/enums.ts';
import type { JobError, JobStep } from '@nephos/model/shapes/job.ts';
import { sql } from 'kysely';
import { isAliveServer } from '../servers/server-instance.ts';

export type JobRow = Row<'Job'>;

export interface NewJob {
  kind: string;
  steps: JobStep[];
  input: unknown;
  lane: string;
  targetKind: string;
  targetId: string;
  accountId: Id<'Account'> | null;
  actorUserId: Id<'User'> | null;
  actorName: string;
  traceId: string;
}

/** Which server may write to a job: it holds the lease, and nobody took the job over since. */
export interface Lease {
  jobId: Id<'Job'>;
  serverId: Id<'ServerInstance'>;
  attempt: number;
}

/** Another server took the job over, or it is gone: whoever gets this stops and writes nothing more. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
}

/** A job that was just committed is about to be begun. */
const unknownSeconds = 5;

const laneIsBusy = (lane: string) =>
  sql<boolean>`exists (select 1 from "Job" e where e."lane" = ${lane}
    and e."status" in ('QUEUED', 'RUNNING', 'CANCELLING', 'STUCK'))`;

/**
 * Writes a job. When its lane is free and `leaseTo` is given it is born running there, which saves asking for it.
 * Two jobs of one lane must be made under a lock on the lane's resource, as every compare-and-set of it takes one.
 */
export function insertJob(
  tx: Transaction,
  job: NewJob,
  at: Date,
  leaseTo: Id<'ServerInstance'> | null,
): Promise<JobRow> {
  const canRun = leaseTo === null ? sql<boolean>`false` : sql<boolean>`not ${laneIsBusy(job.lane)}`;
  return tx
    .insertInto('Job')
    .values({
      ...job,
      id: newId('Job'),
      steps: JSON.stringify(job.steps),
      input: JSON.stringify(job.input),
      createdAt: at,
      status: sql`(case when ${canRun} then 'RUNNING' else 'QUEUED' end)::"JobStatus"`,
      leaseServerId: sql`case when ${canRun} then ${leaseTo} end`,
      attempt: sql`case when ${canRun} then 1 else 0 end`,
      startedAt: sql`case when ${canRun} then ${at}::timestamptz end`,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Takes up to `limit` jobs whose turn it is: queued ones, first of their lane. */
export async function claimQueued(
  db: Database,
  serverId: Id<'ServerInstance'>,
  limit: number,
  at: Date,
): Promise<JobRow[]> {
  const { rows } = await sql<JobRow>`
    update "Job" set "status" = 'RUNNING', "leaseServerId" = ${serverId}, "attempt" = "attempt" + 1,
      "startedAt" = coalesce("startedAt", ${at})
    where "id" in (
      select j."id" from "Job" j
      where j."status" = 'QUEUED' and not exists (
        select 1 from "Job" e where e."lane" = j."lane" and e."id" < j."id"
          and e."status" in ('QUEUED', 'RUNNING', 'CANCELLING', 'STUCK'))
      order by j."id" limit ${limit} for update skip locked)
    returning *`.execute(db);
  return rows;
}

/**
 * Takes over jobs of servers that are gone, and those that were given back; also those leased to this very server
 * that it knows nothing of, because a commit's answer got lost with the database. Those of `running` it does carry
 * out, whether its lease ran out meanwhile or not.
 */
export async function claimOrphans(
  db: Database,
  serverId: Id<'ServerInstance'>,
  running: readonly string[],
  limit: number,
): Promise<JobRow[]> {
  const { rows } = await sql<JobRow>`
    update "Job" set "leaseServerId" = ${serverId}, "attempt" = "attempt" + 1
    where "id" in (
      select j."id" from "Job" j
      where j."status" in ('RUNNING', 'CANCELLING') and case when j."leaseServerId" = ${serverId}
        then j."id" <> all(${running}::text[]) and j."updatedAt" < now() - make_interval(secs => ${unknownSeconds})
        else not ${isAliveServer('j.leaseServerId')} end
      order by j."id" limit ${limit} for update skip locked)
    returning *`.execute(db);
  return rows;
}

/** A job's visible progress between boundaries: written now and then, and may be lost. */
export async function saveProgress(
  db: Database,
  lease: Lease,
  steps: JobStep[],
  progress: number,
): Promise<void> {
  await leased(db, lease)
    .set({ steps: JSON.stringify(steps), progress })
    .execute();
}

export interface Boundary {
  status: JobStatus;
  steps: JobStep[];
  outputs: Record<string, unknown>;
  progress: number;
  error: JobError | null;
  resultId?: string | null;
  finishedAt?: Date;
}

const statusesThatKeepTheLease: readonly JobStatus[] = ['RUNNING', 'CANCELLING'];

/**
 * Writes a step boundary, or the end of the job.
 * @returns when the job's cancellation was asked for, if it was
 * @throws LeaseLost
 */
export async function saveBoundary(
  db: Database,
  lease: Lease,
  boundary: number,
  change: Boundary,
): Promise<Date | null> {
  const row = await leased(db, lease)
    .set({
      ...change,
      steps: JSON.stringify(change.steps),
      outputs: JSON.stringify(change.outputs),
      error: change.error && JSON.stringify(change.error),
      boundary,
      ...(!statusesThatKeepTheLease.includes(change.status) && { leaseServerId: null }),
    })
    .where('boundary', '=', boundary - 1)
    .returning('cancelRequestedAt')
    .executeTakeFirst();
  if (row === undefined) throw new LeaseLost(`job ${lease.jobId} is no longer this server's`);
  return row.cancelRequestedAt;
}

/** Whether a boundary was written by this very lease: asked after a commit whose answer got lost. */
export async function hasReached(db: Database, lease: Lease, boundary: number): Promise<boolean> {
  const row = await db
    .selectFrom('Job')
    .select('boundary')
    .where('id', '=', lease.jobId)
    .where('attempt', '=', lease.attempt)
    .executeTakeFirst();
  return row?.boundary === boundary;
}

/** Gives a running job back, so that another server goes on with it at once. */
export async function releaseJob(db: Database, lease: Lease): Promise<void> {
  await leased(db, lease).set({ leaseServerId: null }).execute();
}

function leased(db: Database, lease: Lease) {
  return db
    .updateTable('Job')
    .where('id', '=', lease.jobId)
    .where('leaseServerId', '=', lease.serverId)
    .where('attempt', '=', lease.attempt);
}

/** The last job of a kind on each of some things. */
export async function lastJobsOf(
  db: Database,
  kind: string,
  targetIds: readonly string[],
): Promise<ReadonlyMap<string, Id<'Job'>>> {
  if (targetIds.length === 0) return new Map();
  const { rows } = await sql<{ targetId: string; id: Id<'Job'> }>`
    select distinct on ("targetId") "targetId", "id" from "Job"
    where "targetId" = any(${targetIds}::text[]) and "kind" = ${kind}
    order by "targetId", "id" desc`.execute(db);
  return new Map(rows.map(({ targetId, id }) => [targetId, id]));
}
