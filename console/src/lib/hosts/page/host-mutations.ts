import { graphql } from '../../api/graphql.ts';
import { jobFields } from '../../jobs/fragments.ts';
import { hostFields } from '../fragments.ts';

const enableMutation = graphql(
  `
    mutation EnableHost($input: HostInput!) {
      enableHost(input: $input) {
        host {
          ...HostFields
        }
      }
    }
  `,
  [hostFields],
);

const disableMutation = graphql(
  `
    mutation DisableHost($input: HostInput!) {
      disableHost(input: $input) {
        host {
          ...HostFields
        }
      }
    }
  `,
  [hostFields],
);

export const cancelMaintenanceMutation = graphql(
  `
    mutation CancelHostMaintenance($input: CancelHostMaintenanceInput!) {
      cancelHostMaintenance(input: $input) {
        host {
          ...HostFields
        }
        job {
          ...JobFields
        }
      }
    }
  `,
  [jobFields, hostFields],
);

const reconnectMutation = graphql(
  `
    mutation ReconnectHost($input: HostInput!) {
      reconnectHost(input: $input) {
        host {
          ...HostFields
        }
      }
    }
  `,
  [hostFields],
);

/** What is done to a host with no more said than which. */
export const plainHostMutations = {
  ENABLE: enableMutation,
  DISABLE: disableMutation,
  RECONNECT: reconnectMutation,
};

export const prepareForMaintenanceMutation = graphql(
  `
    mutation PrepareHostForMaintenance($input: PrepareHostForMaintenanceInput!) {
      prepareHostForMaintenance(input: $input) {
        job {
          ...JobFields
        }
        host {
          ...HostFields
        }
      }
    }
  `,
  [jobFields, hostFields],
);

export const upgradeAgentMutation = graphql(
  `
    mutation UpgradeHostAgent($input: UpgradeHostAgentInput!) {
      upgradeHostAgent(input: $input) {
        hostId
        job {
          ...JobFields
        }
      }
    }
  `,
  [jobFields],
);

export const deleteHostMutation = graphql(
  `
    mutation DeleteHost($input: DeleteHostInput!) {
      deleteHost(input: $input) {
        job {
          ...JobFields
        }
      }
    }
  `,
  [jobFields],
);

export const updateHostMutation = graphql(
  `
    mutation UpdateHost($input: UpdateHostInput!) {
      updateHost(input: $input) {
        host {
          ...HostFields
          tags
        }
      }
    }
  `,
  [hostFields],
);
