import { graphql, type ResultOf } from '../../api/graphql.ts';
import { jobFields } from '../../jobs/fragments.ts';

export const machineSnapshotsQuery = graphql(`
  query MachineSnapshots($id: ID!) {
    virtualMachine(id: $id) {
      id
      snapshots {
        id
        name
        description
        snapshotState: state
        parentId
        isCurrent
        withMemory
        cpuCount
        memory
        memorySize
        diskSize
        createdAt
        version
        serviceOffering {
          id
          name
        }
        availableActions {
          action
          isAllowed
          reason
        }
      }
    }
  }
`);

export type Snapshot = NonNullable<
  ResultOf<typeof machineSnapshotsQuery>['virtualMachine']
>['snapshots'][number];
export type SnapshotAction = Snapshot['availableActions'][number]['action'];

/** What can be edited of a snapshot. */
export const snapshotTextsQuery = graphql(`
  query SnapshotTexts($id: ID!) {
    node(id: $id) {
      __typename
      ... on VirtualMachineSnapshot {
        id
        name
        description
        version
      }
    }
  }
`);

export type SnapshotTexts = Pick<Snapshot, 'id' | 'name' | 'description' | 'version'>;

export const createSnapshotMutation = graphql(
  `
    mutation CreateVirtualMachineSnapshot($input: CreateVirtualMachineSnapshotInput!) {
      createVirtualMachineSnapshot(input: $input) {
        job {
          ...JobFields
        }
      }
    }
  `,
  [jobFields],
);

export const revertToSnapshotMutation = graphql(
  `
    mutation RevertToVirtualMachineSnapshot($input: RevertToVirtualMachineSnapshotInput!) {
      revertToVirtualMachineSnapshot(input: $input) {
        job {
          ...JobFields
        }
      }
    }
  `,
  [jobFields],
);

export const deleteSnapshotMutation = graphql(
  `
    mutation DeleteVirtualMachineSnapshot($input: DeleteVirtualMachineSnapshotInput!) {
      deleteVirtualMachineSnapshot(input: $input) {
        job {
          ...JobFields
        }
      }
    }
  `,
  [jobFields],
);

export const updateSnapshotMutation = graphql(`
  mutation UpdateVirtualMachineSnapshot($input: UpdateVirtualMachineSnapshotInput!) {
    updateVirtualMachineSnapshot(input: $input) {
      snapshot {
        id
        name
        description
        version
      }
    }
  }
`);
