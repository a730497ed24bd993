import type { Row } from '@nephos/model/database.ts';
import { type JobStatus as jobStatuses } from '@nephos/model/generated/enums.ts';
import type { JobError as JobErrorFacts, JobStep as JobStepFacts } from '@nephos/model/shapes/job.ts';
import { parseId, type Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { builder, Node, type SchemaTypes } from '../graphql/builder.ts';
import { idArgument } from '../graphql/id-argument.ts';
import { addListField } from '../graphql/list-field.ts';
import { mostDismissed } from './job-dismissals.ts';
import { isRetryable, retry } from './job-retries.ts';

export const JobStatus = builder.enumType('JobStatus', {
  description: 'How far a job is.',
  values: {
    QUEUED: { description: 'Waits for an earlier job on the same thing, or for a free server.' },
    RUNNING: { description: 'A server works on it; it goes on elsewhere if that server dies.' },
    SUCCEEDED: { description: 'All of it was done.' },
    FAILED: {
      description:
        'It could not be done, and was taken back; of a launch of a zone only the step that failed.',
    },
    CANCELLING: { description: 'Somebody cancelled it; it is being taken back.' },
    CANCELLED: { description: 'It was cancelled, and all of it was taken back.' },
    STUCK: { description: 'Taking it back keeps failing; an administrator has to look, then resume it.' },
  } satisfies Record<keyof typeof jobStatuses, { description: string }>,
});

const JobStepStatus = builder.enumType('JobStepStatus', {
  description: 'How far a step of a job is.',
  values: {
    PENDING: { description: 'Has not begun.' },
    RUNNING: { description: 'Is being done.' },
    SUCCEEDED: { description: 'Was done.' },
    FAILED: { description: 'Could not be done.' },
    UNDOING: { description: 'Is being taken back.' },
    UNDONE: { description: 'Was taken back.' },
    UNDO_FAILED: { description: 'Could not be taken back.' },
  } satisfies Record<JobStepFacts['status'], { description: string }>,
});

const JobStep = builder.objectRef<JobStepFacts>('JobStep').implement({
  description: 'One named step of a job.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Stable name in camelCase: `createDisks`.' }),
    status: t.field({ type: JobStepStatus, description: 'How far it is.', resolve: ({ status }) => status }),
    progress: t.int({
      nullable: true,
      description: '0 to 100, for steps that report it.',
      resolve: ({ progress }) => progress ?? null,
    }),
    detail: t.string({
      nullable: true,
      description: 'A short sentence: what it waits for, what it found.',
      resolve: ({ detail }) => detail ?? null,
    }),
    startedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it began.',
      resolve: ({ startedAt }) => (startedAt === undefined ? null : new Date(startedAt)),
    }),
    finishedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was done, or taken back.',
      resolve: ({ finishedAt }) => (finishedAt === undefined ? null : new Date(finishedAt)),
    }),
  }),
});

const JobError = builder.objectRef<JobErrorFacts>('JobError').implement({
  description: 'Why a job did not succeed.',
  fields: (t) => ({
    code: t.exposeString('code', {
      description: 'Stable code, as in `extensions.code` of a refused request.',
    }),
    message: t.exposeString('message', { description: 'What was wrong, with which value.' }),
    cause: t.string({
      nullable: true,
      description: 'What lay beneath.',
      resolve: ({ cause }) => cause ?? null,
    }),
    remedy: t.string({
      nullable: true,
      description: 'What you can do about it.',
      resolve: ({ remedy }) => remedy ?? null,
    }),
    field: t.string({
      nullable: true,
      description: 'The field of the input that it is about: `input.url`.',
      resolve: ({ details }) => (typeof details?.path === 'string' ? details.path : null),
    }),
    rule: t.string({
      nullable: true,
      description: 'The rule that the field broke.',
      resolve: ({ details }) => (typeof details?.rule === 'string' ? details.rule : null),
    }),
  }),
});

/** One asynchronous operation. */
export const Job = builder.objectRef<Row<'Job'>>('Job').implement({
  description:
    'One asynchronous operation, with its named steps. It survives the death of the server that works on it.',
  interfaces: [Node],
  fields: (t) => ({
    kind: t.exposeString('kind', { description: 'What it does: `virtualMachine.deploy`.' }),
    status: t.field({ type: JobStatus, description: 'How far it is.', resolve: ({ status }) => status }),
    progress: t.exposeInt('progress', { description: '0 to 100.' }),
    steps: t.field({ type: [JobStep], description: 'Its steps, in order.', resolve: ({ steps }) => steps }),
    error: t.field({
      type: JobError,
      nullable: true,
      description: 'Why it did not succeed.',
      resolve: ({ error }) => error,
    }),
    targetKind: t.exposeString('targetKind', { description: 'Kind of what it works on: `VirtualMachine`.' }),
    targetId: t.exposeID('targetId', { description: 'Id of what it works on; that may be gone by now.' }),
    resultId: t.exposeID('resultId', {
      nullable: true,
      description: 'Id of what it made, or worked on, once it succeeded.',
    }),
    actorName: t.exposeString('actorName', {
      description: 'Who asked for it; `system` for what happens by itself.',
    }),
    attempt: t.exposeInt('attempt', {
      description: 'How many servers took it up: more than 1 after one of them died.',
    }),
    isCancellable: t.boolean({
      description: 'Whether it can still be cancelled.',
      resolve: (job, _args, { services }) => services.jobs.isCancellable(job),
    }),
    isRetryable: t.boolean({
      description:
        'Whether the same can be asked for again with `retryJob`: it failed, and is of a kind that allows it.',
      resolve: isRetryable,
    }),
    isDismissed: t.boolean({
      description: 'Whether whoever asked for it put the notice of its failure away.',
      resolve: ({ dismissedAt }) => dismissedAt !== null,
    }),
    traceId: t.exposeString('traceId', { description: 'Leads to its lines in the logs.' }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was asked for.' }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When a server took it up first.',
    }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it came to its end.',
    }),
  }),
});

const JobFilter = builder.inputType('JobFilter', {
  description: 'Which jobs.',
  fields: (t) => ({
    status: t.field({ type: [JobStatus], required: false, description: 'In one of these states.' }),
    kind: t.string({ required: false, description: 'Of this kind.' }),
    targetId: t.id({ required: false, description: 'That work on this.' }),
    isMine: t.boolean({
      required: false,
      description: 'That you asked for; or, with false, that others did.',
    }),
    awaitsDismissal: t.boolean({
      required: false,
      description:
        'That you asked for, that FAILED or are STUCK, and of which you did not dismiss the notice; false makes no difference.',
    }),
  }),
});

addListField({
  field: 'jobs',
  type: 'Job',
  plural: 'jobs',
  node: Job,
  table: 'Job',
  permission: 'job.list',
  searched: ['kind', 'targetId'],
  filter: {
    input: JobFilter,
    where: ({ status, kind, targetId, isMine, awaitsDismissal }, { userId }) => [
      ...(status == null ? [] : [sql<boolean>`"status"::text = any(${status})`]),
      ...(kind == null ? [] : [sql<boolean>`"kind" = ${kind}`]),
      ...(targetId == null ? [] : [sql<boolean>`"targetId" = ${targetId}`]),
      ...(isMine == null ? [] : [sql<boolean>`("actorUserId" is not distinct from ${userId}) = ${isMine}`]),
      ...(awaitsDismissal === true
        ? [
            sql<boolean>`"actorUserId" = ${userId} and "status" in ('FAILED', 'STUCK') and "dismissedAt" is null`,
          ]
        : []),
    ],
  },
});

builder.queryField('job', (t) =>
  t.field({
    type: Job,
    nullable: true,
    permission: 'job.list',
    description: 'One job; null when there is none or you may not see it.',
    args: { id: t.arg.id({ description: 'Its id.' }) },
    resolve: (_parent, { id }, { load }) => load.find('Job', idArgument('Job', 'id', id)),
  }),
);

const JobInput = builder.inputType('JobInput', {
  description: 'Which job.',
  fields: (t) => ({ id: t.id({ description: 'Its id.' }) }),
});

const JobPayload = builder.objectRef<{ jobId: string }>('JobPayload').implement({
  description: 'The job that was changed.',
  fields: (t) => ({
    job: jobField(t, 'The job as it is now.'),
  }),
});

builder.mutationField('cancelJob', (t) =>
  t.field({
    type: JobPayload,
    permission: 'job.cancel',
    description:
      'Cancels a job where its present step allows; what it did is then taken back. Errors: NOT_FOUND, INVALID_STATE.',
    args: { input: t.arg({ type: JobInput, description: 'Which job.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.jobs.cancel(actor, idArgument('Job', 'input.id', input.id)),
  }),
);

builder.mutationField('resumeJob', (t) =>
  t.field({
    type: JobPayload,
    permission: 'job.resume',
    description: 'Has a STUCK job try again to take back what it did. Errors: NOT_FOUND, INVALID_STATE.',
    args: { input: t.arg({ type: JobInput, description: 'Which job.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.jobs.resume(actor, idArgument('Job', 'input.id', input.id)),
  }),
);

builder.mutationField('retryJob', (t) =>
  t.field({
    type: JobPayload,
    permission: 'job.retry',
    description:
      'Asks again for what a FAILED job was to do, as you, and with what is true now; the answer is the new job. Errors: NOT_FOUND, INVALID_STATE, and those of the mutation that it was asked for with.',
    args: { input: t.arg({ type: JobInput, description: 'Which job.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.jobs.retry(actor, idArgument('Job', 'input.id', input.id), (job) =>
        retry(services, actor, job),
      ),
  }),
);

const DismissJobsInput = builder.inputType('DismissJobsInput', {
  description: 'Which jobs.',
  fields: (t) => ({
    ids: t.idList({ description: `Their ids, at most ${mostDismissed}. You must have asked for each.` }),
  }),
});

const DismissJobsPayload = builder.objectRef<{ jobIds: Id<'Job'>[] }>('DismissJobsPayload').implement({
  description: 'The jobs whose notices were put away.',
  fields: (t) => ({
    jobs: t.field({
      type: [Job],
      description: 'The jobs as they are now.',
      resolve: ({ jobIds }, _args, { load }) => Promise.all(jobIds.map((id) => load.get('Job', id))),
    }),
  }),
});

builder.mutationField('dismissJobs', (t) =>
  t.field({
    type: DismissJobsPayload,
    permission: 'job.dismiss',
    description:
      'Puts away the notices of failures, on every device: of jobs that you asked for, and that are over or STUCK. Errors: NOT_FOUND, FORBIDDEN for a job that somebody else asked for, INVALID_STATE for one that goes on.',
    args: { input: t.arg({ type: DismissJobsInput, description: 'Which jobs.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.jobDismissals.dismiss(
        actor,
        input.ids.map((id) => idArgument('Job', 'input.ids', id)),
      ),
  }),
);

type PayloadFields<Payload> = PothosSchemaTypes.ObjectFieldBuilder<
  PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>,
  Payload
>;

/** The field `job` of a payload: the job that does what was asked for. */
export function jobField<Payload extends { jobId: string }>(
  t: PayloadFields<Payload>,
  description = 'The job.',
) {
  return t.field({
    type: Job,
    description,
    resolve: ({ jobId }, _args, { load }) => load.get('Job', parseId('Job', jobId)),
  });
}
