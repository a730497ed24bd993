import { graphql, type ResultOf } from '../api/graphql.ts';

/** The hardware as a tree, down to hosts. */
export const topologyQuery = graphql(`
  query Topology($zoneId: ID) {
    topology(zoneId: $zoneId) {
      id
      name
      allocationState
      pods {
        id
        name
        clusters {
          id
          name
          hypervisor
          allocationState
          hosts {
            id
            name
            linkState
            adminState
            machines
            runningMachines
            brokenMachines
            cpuPercent
            memoryPercent
          }
        }
      }
    }
  }
`);

/** Machines of one host, asked for when one looks at it. */
export const hostMachinesQuery = graphql(`
  query TopologyMachines($hostId: ID!) {
    virtualMachines(first: 200, filter: { hostId: $hostId }, orderBy: { field: NAME }) {
      nodes {
        id
        name
        version
        state
      }
      totalCount
    }
  }
`);

/** Networks, and what hangs on them. */
export const networkMapQuery = graphql(`
  query NetworkMap($zoneId: ID) {
    physicalNetworks(first: 500, filter: { zoneId: $zoneId }) {
      nodes {
        id
        name
        traffic {
          type
          label
        }
        zone {
          id
          name
        }
      }
    }
    guestNetworks(first: 500, filter: { zoneId: $zoneId }) {
      nodes {
        id
        name
        physicalNetwork {
          id
        }
      }
    }
    guestIpRanges(first: 500) {
      nodes {
        id
        startIp
        endIp
        total
        used
        network {
          id
        }
        pod {
          id
          name
        }
      }
    }
  }
`);

export type TopologyZone = ResultOf<typeof topologyQuery>['topology'][number];
export type TopologyPod = TopologyZone['pods'][number];
export type TopologyCluster = TopologyPod['clusters'][number];
export type TopologyHost = TopologyCluster['hosts'][number];
export type NetworkMap = ResultOf<typeof networkMapQuery>;
