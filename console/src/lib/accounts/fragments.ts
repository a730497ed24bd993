import { graphql, type FragmentOf } from '../api/graphql.ts';

export const accountFields = graphql(`
  fragment AccountFields on Account {
    id
    name
    version
    accountState: state
    isDeleting
    isProject
    role {
      id
      name
      accountType
    }
    domain {
      id
      path
    }
    createdAt
  }
`);

export type Account = FragmentOf<typeof accountFields>;
