import { graphql, type ResultOf } from '../../api/graphql.ts';
import { hostFields } from '../fragments.ts';

export const hostQuery = graphql(
  `
    query Host($id: ID!) {
      host(id: $id) {
        ...HostFields
        adminStateReason
        tags
        isDedicated
        dedicatedAccount {
          id
          name
        }
        dedicatedDomain {
          id
          path
        }
        sshAddress
        sshPort
        sshUser
        sshHostKey
        details {
          hostname
          driver
          acceleration
          accelerationReason
          hypervisorVersion
          operatingSystem
          cpuModel
        }
        checks {
          name
          outcome
          found
          remedy
        }
        availableActions {
          action
          isAllowed
          reason
        }
      }
    }
  `,
  [hostFields],
);

export type HostDetails = NonNullable<ResultOf<typeof hostQuery>['host']>;
export type HostCheck = HostDetails['checks'][number];
export type HostActionName = HostDetails['availableActions'][number]['action'];
