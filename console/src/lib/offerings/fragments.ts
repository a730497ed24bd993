import { graphql, type FragmentOf } from '../api/graphql.ts';

export const serviceOfferingFields = graphql(`
  fragment ServiceOfferingFields on ServiceOffering {
    id
    name
    version
    displayText
    cpuCount
    maxCpuCount
    cpuMhz
    memory
    maxMemory
    rootDiskSize
    isScalableLive
    placement
    hostTags
    storageTags
    isRestricted
    createdAt
    domains {
      id
      path
    }
    zones {
      id
      name
    }
  }
`);

export const diskOfferingFields = graphql(`
  fragment DiskOfferingFields on DiskOffering {
    id
    name
    version
    displayText
    size
    storageTags
    isRestricted
    createdAt
    domains {
      id
      path
    }
    zones {
      id
      name
    }
  }
`);

export type ServiceOffering = FragmentOf<typeof serviceOfferingFields>;
export type DiskOffering = FragmentOf<typeof diskOfferingFields>;
export type PlacementStrategy = NonNullable<ServiceOffering['placement']>;
