import { graphql, type FragmentOf } from '../../api/graphql.ts';

export const tariffFields = graphql(`
  fragment TariffFields on Tariff {
    id
    name
    description
    usageType
    charge
    currency
    offeringId
    offeringName
    tagKey
    tagValue
    condition
    endsAt
    version
    createdAt
    account {
      id
      name
    }
    domain {
      id
      path
    }
    zone {
      id
      name
    }
    versions {
      id
      validFrom
      validUntil
      unit
      included
      tiers {
        upTo
        price
      }
    }
  }
`);

export const adjustmentFields = graphql(`
  fragment PriceAdjustmentFields on PriceAdjustment {
    id
    name
    description
    kind
    label
    percent
    usageTypes
    validFrom
    validUntil
    version
    createdAt
    account {
      id
      name
    }
    domain {
      id
      path
    }
  }
`);

export type Tariff = FragmentOf<typeof tariffFields>;
export type TariffVersion = Tariff['versions'][number];
export type TariffUnit = TariffVersion['unit'];
export type Adjustment = FragmentOf<typeof adjustmentFields>;
export type AdjustmentKind = Adjustment['kind'];
