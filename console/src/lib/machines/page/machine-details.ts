import { graphql, type ResultOf } from '../../api/graphql.ts';
import { machineFields } from '../fragments.ts';

/** What a list has shown already is on the machine's page at once; the rest follows by `machineDetailsQuery`. */
export const machineQuery = graphql(
  `
    query Machine($id: ID!) {
      virtualMachine(id: $id) {
        ...MachineFields
      }
    }
  `,
  [machineFields],
);

export const machineDetailsQuery = graphql(`
  query MachineDetails($id: ID!) {
    virtualMachine(id: $id) {
      id
      bootMode
      group
      isDeleteProtected
      drift {
        field
        expected
        found
      }
      tags {
        key
        value
      }
      details {
        key
        value
      }
      affinityGroups {
        id
        name
      }
      volumes {
        id
        name
        kind
        state
        size
        deviceIndex
        createdAt
      }
    }
  }
`);

export type MachineDetails = NonNullable<ResultOf<typeof machineDetailsQuery>['virtualMachine']>;
