import { graphql, type FragmentOf } from '../api/graphql.ts';

const settingFields = graphql(`
  fragment SettingFields on Setting {
    key
    scopeId
    category
    value
    defaultValue
    description
    rule
    isChanged
    version
    scopes
    setBy {
      scope
      scopeId
      scopeName
      value
      changedAt
      changedByName
    }
    overrides {
      scope
      scopeId
      scopeName
      value
      changedAt
      changedByName
    }
  }
`);

export const settingsQuery = graphql(
  `
    query Settings($scopeId: ID) {
      settings(scopeId: $scopeId) {
        ...SettingFields
      }
    }
  `,
  [settingFields],
);

export const updateSettingMutation = graphql(
  `
    mutation UpdateSetting($input: UpdateSettingInput!) {
      updateSetting(input: $input) {
        setting {
          ...SettingFields
        }
      }
    }
  `,
  [settingFields],
);

/** Things that settings may have values of their own for, by what they are called. */
export const scopesQuery = graphql(`
  query SettingScopes(
    $search: String
    $mayListZones: Boolean!
    $mayListClusters: Boolean!
    $mayListPools: Boolean!
    $mayListDomains: Boolean!
    $mayListAccounts: Boolean!
  ) {
    zones(first: 10, search: $search) @include(if: $mayListZones) {
      nodes {
        id
        name
      }
    }
    clusters(first: 10, search: $search) @include(if: $mayListClusters) {
      nodes {
        id
        name
      }
    }
    storagePools(first: 10, search: $search) @include(if: $mayListPools) {
      nodes {
        id
        name
      }
    }
    domains(first: 10, search: $search) @include(if: $mayListDomains) {
      nodes {
        id
        path
      }
    }
    accounts(first: 10, search: $search, filter: { isProject: false }) @include(if: $mayListAccounts) {
      nodes {
        id
        name
      }
    }
  }
`);

/** What the thing is called whose settings are shown. */
export const scopeNameQuery = graphql(`
  query SettingScopeName($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on Zone {
        name
      }
      ... on Cluster {
        name
      }
      ... on StoragePool {
        name
      }
      ... on Domain {
        name: path
      }
      ... on Account {
        name
      }
    }
  }
`);

export type Setting = FragmentOf<typeof settingFields>;
export type SettingOverride = Setting['overrides'][number];
export type SettingScope = Setting['scopes'][number];
export type SettingCategory = Setting['category'];
