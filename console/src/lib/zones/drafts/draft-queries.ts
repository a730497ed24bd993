import { graphql, type FragmentOf } from '../../api/graphql.ts';
import { agentFields } from '../../hosts/fragments.ts';
import { jobFields } from '../../jobs/fragments.ts';

export const draftFields = graphql(
  `
    fragment DraftFields on ZoneDraft {
      id
      name
      state
      step
      version
      done
      updatedBy
      updatedAt
      problems {
        path
        value
        rule
      }
      zone {
        id
        name
      }
      job {
        ...JobFields
      }
      installations {
        ...JobFields
      }
      plan {
        zone {
          name
          networkModel
          dns1
          dns2
          internalDns1
          internalDns2
          networkDomain
          dedicatedDomainId
          dedicatedAccountId
        }
        physicalNetworks {
          name
          traffic {
            type
            label
          }
        }
        pod {
          name
          cidr
          gateway
          reservedStart
          reservedEnd
        }
        guestRange {
          cidr
          gateway
          startIp
          endIp
        }
        cluster {
          name
          clusterHypervisor: hypervisor
          cpuOvercommit
          memoryOvercommit
        }
        hosts {
          key
          name
          agentId
          isMade
          hostId
          checkedAt
          checks {
            name
            outcome
            found
            remedy
          }
          ssh {
            address
            port
            username
            hostKeyFingerprint
            hasPassword
            hasPrivateKey
          }
        }
        primaryStorage {
          name
          type
          scope
          path
        }
        imageStore {
          name
          path
          agentId
        }
      }
    }
  `,
  [jobFields],
);

export type Draft = FragmentOf<typeof draftFields>;

export const draftQuery = graphql(
  `
    query ZoneDraft($id: ID!) {
      node(id: $id) {
        __typename
        id
        ... on ZoneDraft {
          ...DraftFields
        }
      }
    }
  `,
  [draftFields],
);

/** Drafts that somebody can go on with. */
export const openDraftsQuery = graphql(`
  query OpenZoneDrafts {
    zoneDrafts(
      first: 100
      filter: { state: [DRAFT, LAUNCHING, FAILED, DISCARDING, DISCARD_FAILED] }
      orderBy: { field: CREATED_AT, direction: DESC }
    ) {
      nodes {
        id
        name
        state
        version
        updatedBy
        updatedAt
      }
    }
  }
`);

export const createDraftMutation = graphql(
  `
    mutation CreateZoneDraft($input: CreateZoneDraftInput!) {
      createZoneDraft(input: $input) {
        zoneDraft {
          ...DraftFields
        }
      }
    }
  `,
  [draftFields],
);

export const updateDraftMutation = graphql(
  `
    mutation UpdateZoneDraft($input: UpdateZoneDraftInput!) {
      updateZoneDraft(input: $input) {
        zoneDraft {
          ...DraftFields
        }
      }
    }
  `,
  [draftFields],
);

export const checkDraftHostMutation = graphql(
  `
    mutation CheckZoneDraftHost($input: CheckZoneDraftHostInput!) {
      checkZoneDraftHost(input: $input) {
        zoneDraft {
          ...DraftFields
        }
      }
    }
  `,
  [draftFields],
);

export const launchDraftMutation = graphql(
  `
    mutation LaunchZoneDraft($input: LaunchZoneDraftInput!) {
      launchZoneDraft(input: $input) {
        zoneDraft {
          ...DraftFields
        }
      }
    }
  `,
  [draftFields],
);

export const discardDraftMutation = graphql(
  `
    mutation DiscardZoneDraft($input: DiscardZoneDraftInput!) {
      discardZoneDraft(input: $input) {
        zoneDraft {
          ...DraftFields
        }
      }
    }
  `,
  [draftFields],
);

export const deleteDraftMutation = graphql(`
  mutation DeleteZoneDraft($input: DeleteZoneDraftInput!) {
    deleteZoneDraft(input: $input) {
      id
    }
  }
`);

/** Agents that are free: to become hosts, or to serve images. */
export const freeAgentsQuery = graphql(
  `
    query FreeAgents {
      hostAgents: agents(first: 500, filter: { kind: HOST, isFree: true }) {
        nodes {
          ...AgentFields
        }
      }
      storageAgents: agents(first: 100, filter: { kind: STORAGE, isFree: true }) {
        nodes {
          ...AgentFields
        }
      }
    }
  `,
  [agentFields],
);
