import { graphql, type ResultOf } from '../../api/graphql.ts';
import { jobFields } from '../../jobs/fragments.ts';
import { machineFields } from '../fragments.ts';

export const machineNicsQuery = graphql(`
  query MachineNics($id: ID!) {
    virtualMachine(id: $id) {
      id
      nics {
        id
        version
        deviceIndex
        isDefault
        macAddress
        ipAddress
        network {
          id
          name
        }
      }
    }
  }
`);

export type Nic = NonNullable<ResultOf<typeof machineNicsQuery>['virtualMachine']>['nics'][number];

/** Networks that cards could be put into. */
export const networksQuery = graphql(`
  query NicNetworks {
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

export const attachNicMutation = graphql(
  `
    mutation AttachNic($input: AttachNicInput!) {
      attachNic(input: $input) {
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

export const detachNicMutation = graphql(
  `
    mutation DetachNic($input: DetachNicInput!) {
      detachNic(input: $input) {
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

export const updateNicMutation = graphql(
  `
    mutation UpdateNic($input: UpdateNicInput!) {
      updateNic(input: $input) {
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
