import { graphql } from '../../api/graphql.ts';

/** How long a machine may stay. */
export const leaseQuery = graphql(`
  query MachineLease($id: ID!) {
    virtualMachine(id: $id) {
      id
      lease {
        expiresAt
        action
        warnedAt
      }
    }
  }
`);
