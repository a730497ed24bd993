import { graphql, type FragmentOf } from '../api/graphql.ts';

// `state` under a name of its own: the feed asks for things together whose states are not of one type.
export const domainFields = graphql(`
  fragment DomainFields on Domain {
    id
    name
    version
    path
    domainState: state
    accountCount
    subdomainCount
    createdAt
  }
`);

export type Domain = FragmentOf<typeof domainFields>;
