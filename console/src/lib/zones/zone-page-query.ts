import { graphql, type ResultOf } from '../api/graphql.ts';
import { zoneFields } from './fragments.ts';

/** A zone, and how many machines are there. */
export const zonePageQuery = graphql(
  `
    query ZonePage($id: ID!) {
      node(id: $id) {
        __typename
        id
        ...ZoneFields
        ... on Zone {
          isDedicated
          dedicatedAccount {
            id
            name
          }
          dedicatedDomain {
            id
            path
          }
        }
      }
      virtualMachines(first: 1, filter: { zoneId: $id }) {
        totalCount
      }
    }
  `,
  [zoneFields],
);

export const zoneInfrastructureQuery = graphql(`
  query ZoneInfrastructure($id: ID!) {
    hosts(first: 1, filter: { zoneId: $id }) {
      totalCount
    }
    pods(first: 500, filter: { zoneId: $id }) {
      nodes {
        id
        name
        version
        isDedicated
        dedicatedAccount {
          id
          name
        }
        dedicatedDomain {
          id
          path
        }
        cidr
        gateway
        reservedStart
        reservedEnd
        zone {
          id
        }
      }
    }
    clusters(first: 500, filter: { zoneId: $id }) {
      nodes {
        id
        name
        version
        isDedicated
        dedicatedAccount {
          id
          name
        }
        dedicatedDomain {
          id
          path
        }
        allocationState
        hypervisor
        cpuOvercommit
        memoryOvercommit
        pod {
          id
          name
        }
        zone {
          id
        }
      }
    }
    physicalNetworks(first: 500, filter: { zoneId: $id }) {
      nodes {
        id
        name
        traffic {
          type
          label
        }
        zone {
          id
        }
      }
    }
    guestIpRanges(first: 500) {
      nodes {
        id
        cidr
        gateway
        startIp
        endIp
        total
        used
        network {
          id
          name
          zone {
            id
          }
        }
      }
    }
  }
`);

export const updateClusterMutation = graphql(`
  mutation UpdateCluster($input: UpdateClusterInput!) {
    updateCluster(input: $input) {
      cluster {
        id
        version
        name
        allocationState
        cpuOvercommit
        memoryOvercommit
      }
    }
  }
`);

export type ZoneInfrastructure = ResultOf<typeof zoneInfrastructureQuery>;
export type Cluster = ZoneInfrastructure['clusters']['nodes'][number];
/** What can be edited of a cluster. */
export type ClusterFacts = Pick<
  Cluster,
  'id' | 'version' | 'name' | 'allocationState' | 'cpuOvercommit' | 'memoryOvercommit'
>;
