import { graphql, type ResultOf } from '../../api/graphql.ts';

/** Sizes that a machine could get. */
export const sizesQuery = graphql(`
  query MachineSizes($id: ID!) {
    virtualMachine(id: $id) {
      id
      serviceOffering {
        id
        isScalableLive
      }
    }
    serviceOfferings(first: 200, orderBy: { field: MEMORY, direction: ASC }) {
      nodes {
        id
        name
        cpuCount
        maxCpuCount
        cpuMhz
        memory
        maxMemory
        isScalableLive
      }
    }
  }
`);

/** Templates that a machine could be made anew from. */
export const reinstallQuery = graphql(`
  query ReinstallChoices($zoneId: ID!) {
    templates(first: 500, filter: { zoneId: $zoneId }, orderBy: { field: NAME, direction: ASC }) {
      nodes {
        id
        name
      }
    }
  }
`);

/** Keys that a machine's owner has, and those that it lets in. */
export const machineKeysQuery = graphql(`
  query MachineKeys($id: ID!, $accountId: ID) {
    virtualMachine(id: $id) {
      id
      version
      sshPublicKeys
    }
    sshKeyPairs(first: 200, accountId: $accountId, orderBy: { field: NAME, direction: ASC }) {
      nodes {
        id
        name
        publicKey
      }
    }
  }
`);

/** Groups that a machine's owner has, and those that it is in. */
export const machineAffinityQuery = graphql(`
  query MachineAffinity($id: ID!, $accountId: ID) {
    virtualMachine(id: $id) {
      id
      version
      affinityGroups {
        id
      }
    }
    affinityGroups(first: 200, accountId: $accountId, orderBy: { field: NAME, direction: ASC }) {
      nodes {
        id
        name
        kind
        enforcement
      }
    }
  }
`);

export type KeyedMachine = NonNullable<ResultOf<typeof machineKeysQuery>['virtualMachine']>;
export type GroupedMachine = NonNullable<ResultOf<typeof machineAffinityQuery>['virtualMachine']>;

/** What can be edited of a machine. */
export const machineTextsQuery = graphql(`
  query MachineTexts($id: ID!) {
    virtualMachine(id: $id) {
      id
      version
      name
      group
      isDeleteProtected
      userData
      tags {
        key
        value
      }
      details {
        key
        value
      }
    }
  }
`);

export type MachineTexts = NonNullable<ResultOf<typeof machineTextsQuery>['virtualMachine']>;
