import { graphql, type ResultOf } from '../api/graphql.ts';

/** The platform's own parts. */
export const controlPlaneQuery = graphql(`
  query ControlPlane {
    controlPlane {
      servers {
        id
        hostname
        pid
        softwareVersion
        startedAt
        leaseUntil
        isAlive
        isAnswering
        isNumbering
        agents
        jobs
      }
      usage {
        isRunning
        costsUntil
        periodEndsAt
        closedAt
      }
      database {
        version
        size
        connections
        connectionsMost
      }
    }
    allAgents: agents(first: 1) {
      totalCount
    }
    silentAgents: agents(first: 1, filter: { isConnected: false }) {
      totalCount
    }
    storageAgents: agents(first: 1, filter: { kind: STORAGE, isConnected: true }) {
      totalCount
    }
  }
`);

export type ControlPlane = ResultOf<typeof controlPlaneQuery>['controlPlane'];
export type ManagementServer = ControlPlane['servers'][number];
