import type { ResultOf } from '../api/graphql.ts';
import { LiveQuery } from '../api/query.svelte.ts';
import { jobPath } from './job-path.ts';
import { targetNamesQuery } from './job-queries.ts';

const pages: Record<string, (id: string) => string> = {
  VirtualMachine: (id) => `/virtual-machines/${id}`,
  Volume: (id) => `/volumes/${id}`,
  GuestNetwork: (id) => `/networks/${id}`,
  Template: (id) => `/images/${id}`,
  Iso: (id) => `/images/${id}`,
  ServiceOffering: (id) => `/offerings/${id}`,
  DiskOffering: (id) => `/offerings/${id}`,
  AffinityGroup: (id) => `/affinity-groups/${id}`,
  SshKeyPair: (id) => `/ssh-keys?open=${id}`,
  Host: (id) => `/hosts/${id}`,
  Zone: (id) => `/zones/${id}`,
  ZoneDraft: (id) => `/zones/drafts/${id}`,
  Pod: (id) => `/pods/${id}`,
  Cluster: (id) => `/clusters/${id}`,
  Agent: (id) => `/agents?q=${id}`,
  PhysicalNetwork: (id) => `/physical-networks?q=${id}`,
  StoragePool: (id) => `/storage/${id}`,
  ImageStore: (id) => `/storage?tab=secondary&q=${id}`,
  Job: jobPath,
  Domain: (id) => `/domains/${id}`,
  Account: (id) => `/accounts/${id}`,
  User: (id) => `/users/${id}`,
  Role: (id) => `/roles/${id}`,
  Project: (id) => `/projects/${id}`,
  Tariff: (id) => `/tariffs?q=${id}`,
  Budget: () => '/budgets',
  Alert: (id) => `/alerts?q=${id}`,
  AuditEvent: (id) => `/events?q=${id}`,
  // What issues them is named by their month.
  Statement: (id) => (id.includes('-') ? `/statements?month=${id}` : `/statements/${id}`),
};

/** What can be asked for by its id; a setting, say, has none. */
const idPattern = /^[a-z]+_[0-9a-z]{26}$/;

/** The page that shows a thing; `undefined` where there is none. */
export function targetPath(kind: string, id: string): string | undefined {
  return pages[kind]?.(id);
}

/** Names of things of which only the ids are known, asked for together. */
export class TargetNames {
  readonly #query: LiveQuery<ResultOf<typeof targetNamesQuery>, { ids: string[] }>;
  readonly #names = $derived.by(() => {
    const names = new Map<string, string>();
    for (const node of this.#query.data?.nodes ?? []) {
      if (node !== null && 'name' in node) names.set(node.id, node.name);
    }
    return names;
  });

  /** Must be made while a component is set up. */
  constructor(ids: () => string[]) {
    this.#query = new LiveQuery(targetNamesQuery, () => {
      const wanted = [...new Set(ids())].filter((id) => idPattern.test(id)).sort();
      return wanted.length === 0 ? undefined : { ids: wanted };
    });
  }

  /** @returns `undefined` while it is not known, or when the thing is gone */
  of(id: string): string | undefined {
    return this.#names.get(id);
  }
}
