import { graphql, type ResultOf } from '../api/graphql.ts';
import { machineFields } from '../machines/fragments.ts';

export const paletteQuery = graphql(
  `
    query Palette($text: String!) {
      search(text: $text, first: 6) {
        id
        kind
        name
        detail
        node {
          __typename
          id
          ...MachineFields
          ... on Job {
            kind
          }
          ... on GuestNetwork {
            zone {
              id
            }
          }
          ... on PhysicalNetwork {
            zone {
              id
            }
          }
          ... on VirtualMachineSnapshot {
            virtualMachine {
              id
            }
          }
          ... on Cluster {
            zone {
              id
            }
          }
          ... on Pod {
            zone {
              id
            }
          }
        }
      }
    }
  `,
  [machineFields],
);

export type Hit = ResultOf<typeof paletteQuery>['search'][number];

/** The machine whose page is open, as the page itself has it. */
export const openMachineQuery = graphql(
  `
    query OpenMachine($id: ID!) {
      virtualMachine(id: $id) {
        ...MachineFields
      }
    }
  `,
  [machineFields],
);

export const settingKeysQuery = graphql(`
  query SettingKeys {
    settings {
      key
      scopeId
      description
    }
  }
`);
