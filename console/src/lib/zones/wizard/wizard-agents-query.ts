import { graphql } from '../../api/graphql.ts';
import { agentFields } from '../../hosts/fragments.ts';

/** Agents that are free to become hosts. */
export const freeAgentsQuery = graphql(
  `
    query FreeAgents {
      agents(first: 500, filter: { kind: HOST, isFree: true }) {
        nodes {
          ...AgentFields
        }
      }
    }
  `,
  [agentFields],
);
