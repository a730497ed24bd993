import { graphql, type FragmentOf } from '../api/graphql.ts';

export const poolFields = graphql(`
  fragment PoolFields on StoragePool {
    id
    name
    version
    state
    type
    scope
    path
    tags
    overprovisioning
    createdAt
    capacity {
      allocated
      total
      used
    }
    zone {
      id
      name
    }
  }
`);

export type StoragePool = FragmentOf<typeof poolFields>;
