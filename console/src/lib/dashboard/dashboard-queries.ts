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
    zones(first: 1) {
      totalCount
    }
  }
`);

/** What those who look after the hosts see. */
export const infrastructureQuery = graphql(`
  query DashboardInfrastructure {
    silentHosts: hosts(first: 1, filter: { linkState: [DISCONNECTED, ALERT, DOWN] }) {
      totalCount
    }
    hosts(first: 100) {
      nodes {
        id
        name
        version
        capacity {
          cpuMhzReserved
          cpuMhzTotal
          memoryReserved
          memoryTotal
        }
      }
    }
    storagePools(first: 100) {
      nodes {
        id
        name
        state
        version
        capacity {
          allocated
          total
          used
        }
      }
    }
    guestIpRanges(first: 100) {
      nodes {
        id
        startIp
        total
        used
        network {
          id
          zone {
            id
          }
        }
      }
    }
  }
`);

export type Counts = ResultOf<typeof countsQuery>;
export type Infrastructure = ResultOf<typeof infrastructureQuery>;
