import { graphql } from '../api/graphql.ts';
import { m } from '#messages';

/** What a zone, pod, cluster or host is reserved for. */
export interface Dedication {
  isDedicated: boolean;
  dedicatedAccount: { id: string; name: string } | null;
  dedicatedDomain: { id: string; path: string } | null;
}

/** A place that can be reserved. */
export interface DedicatedPlace extends Dedication {
  id: string;
  name: string;
  version: number;
}

export type PlaceKind = 'Zone' | 'Pod' | 'Cluster' | 'Host';

/** For whom a place is reserved, in words. */
export function dedicatedTo({ isDedicated, dedicatedAccount, dedicatedDomain }: Dedication): string {
  if (!isDedicated) return m.dedication_nobody();
  return dedicatedAccount?.name ?? dedicatedDomain?.path ?? m.dedication_other();
}

/** The right to reserve places of a kind. */
export const dedicatePermissions: Record<PlaceKind, string> = {
  Zone: 'zone.dedicate',
  Pod: 'pod.dedicate',
  Cluster: 'cluster.dedicate',
  Host: 'host.dedicate',
};

/** For whom a place is reserved now. */
export const dedicatedPlaceQuery = graphql(`
  query DedicatedPlace($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on Zone {
        name
        version
        isDedicated
        dedicatedAccount {
          id
          name
        }
        dedicatedDomain {
          id
          path
        }
      }
      ... on Pod {
        name
        version
        isDedicated
        dedicatedAccount {
          id
          name
        }
        dedicatedDomain {
          id
          path
        }
      }
      ... on Cluster {
        name
        version
        isDedicated
        dedicatedAccount {
          id
          name
        }
        dedicatedDomain {
          id
          path
        }
      }
      ... on Host {
        name
        version
        isDedicated
        dedicatedAccount {
          id
          name
        }
        dedicatedDomain {
          id
          path
        }
      }
    }
  }
`);

export const dedicateMutations = {
  Zone: graphql(`
    mutation DedicateZone($input: DedicateZoneInput!) {
      dedicateZone(input: $input) {
        zone {
          id
          version
          isDedicated
          dedicatedAccount {
            id
            name
          }
          dedicatedDomain {
            id
            path
          }
        }
      }
    }
  `),
  Pod: graphql(`
    mutation DedicatePod($input: DedicatePodInput!) {
      dedicatePod(input: $input) {
        pod {
          id
          version
          isDedicated
          dedicatedAccount {
            id
            name
          }
          dedicatedDomain {
            id
            path
          }
        }
      }
    }
  `),
  Cluster: graphql(`
    mutation DedicateCluster($input: DedicateClusterInput!) {
      dedicateCluster(input: $input) {
        cluster {
          id
          version
          isDedicated
          dedicatedAccount {
            id
            name
          }
          dedicatedDomain {
            id
            path
          }
        }
      }
    }
  `),
  Host: graphql(`
    mutation DedicateHost($input: DedicateHostInput!) {
      dedicateHost(input: $input) {
        host {
          id
          version
          isDedicated
          dedicatedAccount {
            id
            name
          }
          dedicatedDomain {
            id
            path
          }
        }
      }
    }
  `),
};
