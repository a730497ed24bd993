import { graphql, type ResultOf } from '../api/graphql.ts';

export const sshKeysQuery = graphql(`
  query SshKeyPairs(
    $first: Int
    $after: Cursor
    $last: Int
    $before: Cursor
    $search: String
    $orderBy: SshKeyPairOrder
    $accountId: ID
  ) {
    sshKeyPairs(
      first: $first
      after: $after
      last: $last
      before: $before
      search: $search
      orderBy: $orderBy
      accountId: $accountId
    ) {
      nodes {
        id
        name
        fingerprint
        publicKey
        createdAt
        version
        account {
          id
          name
        }
      }
      totalCount
      isTotalEstimated
      startPosition
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`);

export type SshKey = ResultOf<typeof sshKeysQuery>['sshKeyPairs']['nodes'][number];

export const sshKeyQuery = graphql(`
  query SshKeyPair($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on SshKeyPair {
        name
        fingerprint
        publicKey
        createdAt
        account {
          id
          name
        }
      }
    }
  }
`);

export const createSshKeyMutation = graphql(`
  mutation CreateSshKeyPair($input: CreateSshKeyPairInput!) {
    createSshKeyPair(input: $input) {
      sshKeyPair {
        id
        name
      }
      privateKey
    }
  }
`);

export const deleteSshKeyMutation = graphql(`
  mutation DeleteSshKeyPair($input: DeleteSshKeyPairInput!) {
    deleteSshKeyPair(input: $input) {
      sshKeyPairId
    }
  }
`);
