import { graphql } from '../api/graphql.ts';
import { jobFields } from './fragments.ts';

/** The order of jobs in which people look for them. */
export const newestFirst = { field: 'CREATED_AT', direction: 'DESC' } as const;

export const jobsQuery = graphql(
  `
    query Jobs(
      $first: Int
      $after: Cursor
      $last: Int
      $before: Cursor
      $search: String
      $accountId: ID
      $filter: JobFilter
      $orderBy: JobOrder
    ) {
      jobs(
        first: $first
        after: $after
        last: $last
        before: $before
        search: $search
        accountId: $accountId
        filter: $filter
        orderBy: $orderBy
      ) {
        nodes {
          ...JobFields
        }
        totalCount
        isTotalEstimated
        startPosition
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
      }
    }
  `,
  [jobFields],
);

/** What is asked for the jobs of one thing: those that its page shows. */
export const latestJobsOf = (targetId: string) =>
  ({ first: 10, filter: { targetId }, orderBy: newestFirst }) as const;

export const cancelJobMutation = graphql(
  `
    mutation CancelJob($input: JobInput!) {
      cancelJob(input: $input) {
        job {
          ...JobFields
        }
      }
    }
  `,
  [jobFields],
);

export const resumeJobMutation = graphql(
  `
    mutation ResumeJob($input: JobInput!) {
      resumeJob(input: $input) {
        job {
          ...JobFields
        }
      }
    }
  `,
  [jobFields],
);

export const retryJobMutation = graphql(
  `
    mutation RetryJob($input: JobInput!) {
      retryJob(input: $input) {
        job {
          ...JobFields
        }
      }
    }
  `,
  [jobFields],
);

export const dismissJobsMutation = graphql(
  `
    mutation DismissJobs($input: DismissJobsInput!) {
      dismissJobs(input: $input) {
        jobs {
          ...JobFields
        }
      }
    }
  `,
  [jobFields],
);

export const jobQuery = graphql(
  `
    query Job($id: ID!) {
      job(id: $id) {
        ...JobFields
      }
    }
  `,
  [jobFields],
);

export const targetNamesQuery = graphql(`
  query TargetNames($ids: [ID!]!) {
    nodes(ids: $ids) {
      __typename
      id
      ... on VirtualMachine {
        name
      }
      ... on Template {
        name
      }
      ... on Iso {
        name
      }
      ... on Volume {
        name
      }
      ... on GuestNetwork {
        name
      }
      ... on ServiceOffering {
        name
      }
      ... on DiskOffering {
        name
      }
      ... on AffinityGroup {
        name
      }
      ... on SshKeyPair {
        name
      }
      ... on Host {
        name
      }
      ... on Zone {
        name
      }
      ... on StoragePool {
        name
      }
      ... on ImageStore {
        name
      }
      ... on Cluster {
        name
      }
      ... on Domain {
        name: path
      }
      ... on Account {
        name
      }
      ... on Role {
        name
      }
      ... on Project {
        name
      }
      ... on User {
        name: username
      }
    }
  }
`);
