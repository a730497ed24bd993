import { graphql } from '../api/graphql.ts';
import { jobFields } from '../jobs/fragments.ts';
import { agentFields, hostFields } from './fragments.ts';

export const hostsQuery = graphql(
  `
    query Hosts(
      $first: Int
      $after: Cursor
      $last: Int
      $before: Cursor
      $search: String
      $filter: HostFilter
      $orderBy: HostOrder
    ) {
      hosts(
        first: $first
        after: $after
        last: $last
        before: $before
        search: $search
        filter: $filter
        orderBy: $orderBy
      ) {
        nodes {
          ...HostFields
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
  [hostFields],
);

/** What a new host needs: an agent that is free, and a cluster. */
export const addHostChoicesQuery = graphql(
  `
    query AddHostChoices {
      agents(first: 500, filter: { kind: HOST, isFree: true }) {
        nodes {
          ...AgentFields
        }
      }
      clusters(first: 500) {
        nodes {
          id
          name
          hypervisor
          zone {
            id
            name
          }
        }
      }
    }
  `,
  [agentFields],
);

export const addHostMutation = graphql(
  `
    mutation AddHost($input: AddHostInput!) {
      addHost(input: $input) {
        hostId
        job {
          ...JobFields
        }
      }
    }
  `,
  [jobFields],
);

export const createEnrolmentTokenMutation = graphql(`
  mutation CreateEnrolmentToken($input: CreateEnrolmentTokenInput!) {
    createEnrolmentToken(input: $input) {
      token
      expiresAt
      installCommand
    }
  }
`);

/** Looks at a machine over SSH, and changes nothing there. */
export const checkHostMutation = graphql(`
  mutation CheckHost($input: CheckHostInput!) {
    checkHost(input: $input) {
      hostKey
      checks {
        name
        outcome
        found
        remedy
      }
    }
  }
`);
