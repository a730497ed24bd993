import type { AnyVariables, DocumentInput } from '@urql/core';
import { ask } from '../../api/connection.svelte.ts';
import { graphql } from '../../api/graphql.ts';
import type { FoundThing, Lookup } from './filter-key.ts';

/** Enough for the one that is meant to be among them: they are asked for by name. */
const first = 100;

const zones = graphql(`
  query FindZones($search: String, $first: Int) {
    zones(search: $search, first: $first, orderBy: { field: NAME }) {
      nodes {
        id
        name
      }
    }
  }
`);

const pods = graphql(`
  query FindPods($search: String, $first: Int) {
    pods(search: $search, first: $first, orderBy: { field: NAME }) {
      nodes {
        id
        name
      }
    }
  }
`);

const guestNetworks = graphql(`
  query FindGuestNetworks($search: String, $first: Int) {
    guestNetworks(search: $search, first: $first, orderBy: { field: NAME }) {
      nodes {
        id
        name
      }
    }
  }
`);

const clusters = graphql(`
  query FindClusters($search: String, $first: Int) {
    clusters(search: $search, first: $first) {
      nodes {
        id
        name
      }
    }
  }
`);

const hosts = graphql(`
  query FindHosts($search: String, $first: Int) {
    hosts(search: $search, first: $first, orderBy: { field: NAME }) {
      nodes {
        id
        name
        cluster {
          id
          name
        }
      }
    }
  }
`);

const accounts = graphql(`
  query FindAccounts($search: String, $first: Int) {
    accounts(search: $search, first: $first, orderBy: { field: NAME }) {
      nodes {
        id
        name
        domain {
          id
          path
        }
      }
    }
  }
`);

const templates = graphql(`
  query FindTemplates($search: String, $first: Int) {
    templates(search: $search, first: $first, orderBy: { field: NAME }) {
      nodes {
        id
        name
      }
    }
  }
`);

const offerings = graphql(`
  query FindServiceOfferings($search: String, $first: Int) {
    serviceOfferings(search: $search, first: $first, orderBy: { field: NAME }) {
      nodes {
        id
        name
      }
    }
  }
`);

const diskOfferings = graphql(`
  query FindDiskOfferings($search: String, $first: Int) {
    diskOfferings(search: $search, first: $first, orderBy: { field: NAME }) {
      nodes {
        id
        name
      }
    }
  }
`);

const storagePools = graphql(`
  query FindStoragePools($search: String, $first: Int) {
    storagePools(search: $search, first: $first, orderBy: { field: NAME }) {
      nodes {
        id
        name
      }
    }
  }
`);

const affinityGroups = graphql(`
  query FindAffinityGroups($search: String, $first: Int) {
    affinityGroups(search: $search, first: $first, orderBy: { field: NAME }) {
      nodes {
        id
        name
      }
    }
  }
`);

const machines = graphql(`
  query FindMachines($search: String, $first: Int) {
    virtualMachines(search: $search, first: $first, orderBy: { field: NAME }) {
      nodes {
        id
        name
      }
    }
  }
`);

const domains = graphql(`
  query FindDomains($search: String, $first: Int) {
    domains(search: $search, first: $first) {
      nodes {
        id
        name: path
      }
    }
  }
`);

const roles = graphql(`
  query FindRoles($search: String, $first: Int) {
    roles(search: $search, first: $first) {
      nodes {
        id
        name
      }
    }
  }
`);

interface Answered {
  id: string;
  name: string;
  cluster?: { name: string };
  domain?: { path: string } | null;
}

/** Finds things by the list of their kind, the only one of the document. */
function lookup<Data extends Record<string, { nodes: Answered[] }>, Variables extends AnyVariables>(
  document: DocumentInput<Data, Variables>,
): Lookup {
  return {
    find: async (search) => {
      const variables = { search: search.trim() === '' ? null : search.trim(), first };
      const answer = await ask(document, variables as unknown as Variables);
      return Object.values(answer).flatMap(({ nodes }) => nodes.map(found));
    },
  };
}

function found({ id, name, cluster, domain }: Answered): FoundThing {
  return { id, name, detail: cluster?.name ?? domain?.path };
}

/** What filters name, by kind. */
export const lookups = {
  zone: lookup(zones),
  pod: lookup(pods),
  cluster: lookup(clusters),
  guestNetwork: lookup(guestNetworks),
  host: lookup(hosts),
  account: lookup(accounts),
  template: lookup(templates),
  offering: lookup(offerings),
  diskOffering: lookup(diskOfferings),
  storagePool: lookup(storagePools),
  affinityGroup: lookup(affinityGroups),
  machine: lookup(machines),
  domain: lookup(domains),
  role: lookup(roles),
};
