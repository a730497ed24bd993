import { graphql, type FragmentOf } from '../api/graphql.ts';

/** What is shown of a machine in a list; the feed brings it whenever the machine changes. */
export const machineFields = graphql(`
  fragment MachineFields on VirtualMachine {
    id
    name
    state
    stateReason
    version
    ipAddress
    cpuCount
    memory
    createdAt
    destroyedAt
    group
    tags {
      key
      value
    }
    observedPower
    observedAt
    account {
      id
      name
    }
    host {
      id
      name
    }
    iso {
      id
      name
    }
    template {
      id
      name
    }
    serviceOffering {
      id
      name
    }
    zone {
      id
      name
    }
    allowedActions
  }
`);

export type Machine = FragmentOf<typeof machineFields>;
export type MachineState = Machine['state'];
export type MachineAction = Machine['allowedActions'][number];
