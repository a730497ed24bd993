import { graphql, type FragmentOf } from '../api/graphql.ts';

export const jobFields = graphql(`
  fragment JobFields on Job {
    id
    kind
    status
    progress
    targetKind
    targetId
    resultId
    actorName
    attempt
    isCancellable
    isRetryable
    isDismissed
    traceId
    version
    createdAt
    startedAt
    finishedAt
    steps {
      name
      status
      detail
      progress
      startedAt
      finishedAt
    }
    error {
      code
      message
      cause
      remedy
      field
      rule
    }
  }
`);

export type Job = FragmentOf<typeof jobFields>;
export type JobStatus = Job['status'];
export type JobStep = Job['steps'][number];
