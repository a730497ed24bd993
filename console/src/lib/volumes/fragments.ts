import { graphql, type FragmentOf } from '../api/graphql.ts';

export const volumeFields = graphql(`
  fragment VolumeFields on Volume {
    id
    name
    kind
    state
    size
    deviceIndex
    version
    createdAt
    account {
      id
      name
    }
    zone {
      id
      name
    }
    virtualMachine {
      id
      name
    }
    storagePool {
      id
      name
    }
    diskOffering {
      id
      name
    }
    template {
      id
      name
    }
  }
`);

export type Volume = FragmentOf<typeof volumeFields>;
export type VolumeState = Volume['state'];
export type VolumeKind = Volume['kind'];
