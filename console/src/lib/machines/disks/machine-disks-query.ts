import { graphql, type ResultOf } from '../../api/graphql.ts';

export const machineDisksQuery = graphql(`
  query MachineDisks($id: ID!) {
    virtualMachine(id: $id) {
      id
      volumes {
        id
        name
        kind
        state
        size
        deviceIndex
        createdAt
        storagePool {
          id
          name
        }
        diskOffering {
          id
          name
        }
        template {
          id
          name
        }
      }
    }
  }
`);

export type Disk = NonNullable<ResultOf<typeof machineDisksQuery>['virtualMachine']>['volumes'][number];
