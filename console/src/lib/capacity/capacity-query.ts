import { graphql, type ResultOf } from '../api/graphql.ts';

const capacityFields = graphql(`
  fragment CapacityFields on Capacity {
    scopeId
    name
    hosts
    openHosts
    machines
    cpu {
      physicalMhz
      totalMhz
      reservedMhz
    }
    memory {
      physical
      total
      reserved
    }
    primaryStorage {
      physical
      total
      reserved
      used
    }
    secondaryStorage {
      total
      used
    }
    guestAddresses {
      total
      taken
    }
    forecasts {
      resource
      outlook
      thresholdPercent
      perDay
      daysUntilThreshold
      daysUntilFull
    }
  }
`);

/** How full a part of the cloud is, and each part of that. */
export const capacityQuery = graphql(
  `
    query Capacity($scopeId: ID) {
      capacity(scopeId: $scopeId) {
        ...CapacityFields
        scope {
          __typename
          id
          ... on Pod {
            zone {
              id
              name
            }
          }
          ... on Cluster {
            zone {
              id
              name
            }
            pod {
              id
              name
            }
          }
          ... on Host {
            zone {
              id
              name
            }
            pod {
              id
              name
            }
            cluster {
              id
              name
            }
          }
        }
      }
      capacities(scopeId: $scopeId, first: 500) {
        ...CapacityFields
      }
    }
  `,
  [capacityFields],
);

export type CapacityForecast = Capacity['forecasts'][number];
export type CapacityResource = CapacityForecast['resource'];
export type Capacity = ResultOf<typeof capacityQuery>['capacities'][number];
export type CapacityScope = NonNullable<ResultOf<typeof capacityQuery>['capacity']['scope']>;
