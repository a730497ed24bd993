import { graphql, type ResultOf } from '../api/graphql.ts';

/** Counts that every role may see. Each is the length of the list that it links to, of the same account. */
export const countsQuery = graphql(`
  query DashboardCounts($accountId: ID) {
    running: virtualMachines(first: 1, accountId: $accountId, filter: { state: [RUNNING] }) {
      totalCount
    }
    stopped: virtualMachines(first: 1, accountId: $accountId, filter: { state: [STOPPED] }) {
      totalCount
    }
    changing: virtualMachines(
      first: 1
      accountId: $accountId
      filter: { state: [STARTING, STOPPING, MIGRATING, RESTORING, RELEASING, EXPUNGING] }
    ) {
      totalCount
    }
    broken: virtualMachines(first: 1, accountId: $accountId, filter: { state: [ERROR, UNKNOWN] }) {
      totalCount
    }
    destroyed: virtualMachines(first: 1, accountId: $accountId, filter: { state: [DESTROYED] }) {
      totalCount
    }
    stuckJobs: jobs(first: 1, accountId: $accountId, filter: { status: [STUCK] }) {
      totalCount
    }
    failedJobs: jobs(first: 1, accountId: $accountId, filter: { status: [FAILED] }) {
      totalCount
    }
    runningJobs: jobs(first: 1, accountId: $accountId, filter: { status: [QUEUED, RUNNING, CANCELLING] }) {
      totalCount
    }
    zones(first: 1) {
      totalCount
    }
  }
`);

export type Counts = ResultOf<typeof countsQuery>;
