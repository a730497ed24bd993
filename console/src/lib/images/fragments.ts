import { graphql, type FragmentOf } from '../api/graphql.ts';

export const templateFields = graphql(`
  fragment TemplateFields on Template {
    id
    name
    displayText
    format
    isPublic
    isReady
    url
    checksum
    version
    createdAt
    account {
      id
      name
    }
    replicas {
      state
      size
      virtualSize
      sha256
      zone {
        id
        name
      }
    }
  }
`);

export const isoFields = graphql(`
  fragment IsoFields on Iso {
    id
    name
    displayText
    format
    isPublic
    isReady
    url
    checksum
    version
    createdAt
    account {
      id
      name
    }
    replicas {
      state
      size
      virtualSize
      sha256
      zone {
        id
        name
      }
    }
  }
`);

/** A template or an ISO: they are shown alike. */
export type Image = FragmentOf<typeof templateFields> | FragmentOf<typeof isoFields>;
export type ImageState = Image['replicas'][number]['state'];
