import { graphql, type ResultOf } from '../../api/graphql.ts';
import { machineFields } from '../fragments.ts';

export const machinesQuery = graphql(
  `
    query Machines(
      $first: Int
      $after: Cursor
      $last: Int
      $before: Cursor
      $search: String
      $accountId: ID
      $filter: VirtualMachineFilter
      $orderBy: VirtualMachineOrder
    ) {
      virtualMachines(
        first: $first
        after: $after
        last: $last
        before: $before
        search: $search
        accountId: $accountId
        filter: $filter
        orderBy: $orderBy
      ) {
        nodes {
          ...MachineFields
          affinityGroups {
            id
            name
          }
        }
        totalCount
        isTotalEstimated
        startPosition
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
      }
    }
  `,
  [machineFields],
);

/** A machine with what only its list shows. */
export type ListedMachine = ResultOf<typeof machinesQuery>['virtualMachines']['nodes'][number];
