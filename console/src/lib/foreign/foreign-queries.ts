import { graphql, type ResultOf } from '../api/graphql.ts';
import { jobFields } from '../jobs/fragments.ts';
import { machineFields } from '../machines/fragments.ts';

/** Machines of a host that are none of ours. */
export const foreignMachinesQuery = graphql(`
  query ForeignMachines($hostId: ID!) {
    foreignMachines(first: 500, filter: { hostId: $hostId }, orderBy: { field: NAME, direction: ASC }) {
      nodes {
        id
        version
        name
        uuid
        power
        cpuCount
        memory
        bootMode
        obstacle
        disks {
          path
          format
          size
          bus
        }
        nics {
          macAddress
          bridge
        }
        host {
          id
          zone {
            id
          }
        }
      }
      totalCount
    }
  }
`);

/** What is chosen from when one of them is taken over. */
export const importChoicesQuery = graphql(`
  query ImportChoices {
    serviceOfferings(first: 500, orderBy: { field: MEMORY, direction: ASC }) {
      nodes {
        id
        name
        cpuCount
        maxCpuCount
        memory
        maxMemory
      }
    }
    storagePools(first: 500) {
      nodes {
        id
        name
        path
        zone {
          id
        }
      }
    }
    guestNetworks(first: 500) {
      nodes {
        id
        name
        zone {
          id
        }
      }
    }
  }
`);

export const importMutation = graphql(
  `
    mutation ImportVirtualMachine($input: ImportVirtualMachineInput!) {
      importVirtualMachine(input: $input) {
        job {
          ...JobFields
        }
        virtualMachine {
          ...MachineFields
        }
      }
    }
  `,
  [jobFields, machineFields],
);

export const unmanageMutation = graphql(
  `
    mutation UnmanageVirtualMachine($input: VirtualMachineInput!) {
      unmanageVirtualMachine(input: $input) {
        foreignName
        job {
          ...JobFields
        }
        virtualMachine {
          ...MachineFields
        }
      }
    }
  `,
  [jobFields, machineFields],
);

export type ForeignMachine = ResultOf<typeof foreignMachinesQuery>['foreignMachines']['nodes'][number];
export type OfferedSize = ResultOf<typeof importChoicesQuery>['serviceOfferings']['nodes'][number];
