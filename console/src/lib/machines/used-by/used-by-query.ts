import { graphql } from '../../api/graphql.ts';
import { machineFields } from '../fragments.ts';

/** Machines that use something, the newest first. */
export const usedByQuery = graphql(
  `
    query UsedBy($filter: VirtualMachineFilter!) {
      virtualMachines(first: 100, filter: $filter, orderBy: { field: CREATED_AT, direction: DESC }) {
        nodes {
          ...MachineFields
        }
        totalCount
        isTotalEstimated
      }
    }
  `,
  [machineFields],
);
