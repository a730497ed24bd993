import { graphql, type FragmentOf } from '../api/graphql.ts';

export const zoneFields = graphql(`
  fragment ZoneFields on Zone {
    id
    name
    version
    allocationState
    networkModel
    dns1
    dns2
    internalDns1
    internalDns2
    networkDomain
    createdAt
  }
`);

export type Zone = FragmentOf<typeof zoneFields>;
