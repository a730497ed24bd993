import { graphql, type ResultOf } from '../../api/graphql.ts';

/** How many parts of the cloud there are, and how many of them are well. */
export const healthQuery = graphql(`
  query DashboardHealth {
    zones(first: 1) {
      totalCount
    }
    openZones: zones(first: 1, filter: { allocationState: ENABLED }) {
      totalCount
    }
    hosts(first: 1) {
      totalCount
    }
    upHosts: hosts(first: 1, filter: { linkState: [UP] }) {
      totalCount
    }
    silentHosts: hosts(first: 1, filter: { linkState: [DISCONNECTED, ALERT, DOWN] }) {
      totalCount
    }
    agents(first: 1) {
      totalCount
    }
    connectedAgents: agents(first: 1, filter: { isConnected: true }) {
      totalCount
    }
    storagePools(first: 1) {
      totalCount
    }
    upPools: storagePools(first: 1, filter: { state: [UP] }) {
      totalCount
    }
    brokenPools: storagePools(first: 1, filter: { state: [ERROR] }) {
      totalCount
    }
    imageStores(first: 1) {
      totalCount
    }
    upStores: imageStores(first: 1, filter: { state: [UP] }) {
      totalCount
    }
    brokenStores: imageStores(first: 1, filter: { state: [ERROR] }) {
      totalCount
    }
  }
`);

/** Whether the platform's own parts live. */
export const rolesQuery = graphql(`
  query DashboardRoles {
    controlPlane {
      servers {
        id
        isAlive
      }
      usage {
        isRunning
      }
    }
  }
`);

export type Health = ResultOf<typeof healthQuery>;
