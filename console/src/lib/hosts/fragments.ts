import { graphql, type FragmentOf } from '../api/graphql.ts';

export const hostFields = graphql(`
  fragment HostFields on Host {
    id
    name
    version
    linkState
    linkStateSince
    adminState
    hypervisor
    cpuCores
    cpuMhz
    memory
    createdAt
    capacity {
      cpuMhzReserved
      cpuMhzTotal
      memoryReserved
      memoryTotal
    }
    cluster {
      id
      name
    }
    pod {
      id
      name
    }
    zone {
      id
      name
    }
  }
`);

// Under a name of its own: the feed asks for agents and hosts together, whose `hypervisor` is not of one type.
export const agentFields = graphql(`
  fragment AgentFields on Agent {
    id
    name
    version
    isConnected
    driver
    agentHypervisor: hypervisor
    softwareVersion
    certificateUntil
    createdAt
  }
`);

export type Host = FragmentOf<typeof hostFields>;
export type HostLinkState = Host['linkState'];
