import { graphql } from '../api/graphql.ts';

export const paletteQuery = graphql(`
  query Palette(
    $search: String!
    $mayListHosts: Boolean!
    $mayListAccounts: Boolean!
    $mayListUsers: Boolean!
  ) {
    virtualMachines(first: 8, search: $search) {
      nodes {
        id
        name
        state
        ipAddress
      }
    }
    hosts(first: 4, search: $search) @include(if: $mayListHosts) {
      nodes {
        id
        name
      }
    }
    accounts(first: 4, search: $search, filter: { isProject: false }) @include(if: $mayListAccounts) {
      nodes {
        id
        name
      }
    }
    users(first: 4, search: $search) @include(if: $mayListUsers) {
      nodes {
        id
        username
      }
    }
  }
`);
