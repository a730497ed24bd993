import { pipe, subscribe } from 'wonka';
import { accountFields } from '../accounts/fragments.ts';
import { domainFields } from '../domains/fragments.ts';
import { agentFields, hostFields } from '../hosts/fragments.ts';
import { isoFields, templateFields } from '../images/fragments.ts';
import { jobFields } from '../jobs/fragments.ts';
import { machineFields } from '../machines/fragments.ts';
import { projectFields } from '../projects/fragments.ts';
import { userFields } from '../users/fragments.ts';
import { zoneFields } from '../zones/fragments.ts';
import { api, ask } from './connection.svelte.ts';
import { graphql, type ResultOf } from './graphql.ts';
import { problemOf } from './problem.ts';

export const feedSubscription = graphql(
  `
    subscription Feed($after: Cursor, $filter: ChangeFilter) {
      changes(after: $after, filter: $filter) {
        cursor
        changes {
          id
          kind
          operation
          version
          node {
            id
            ...AccountFields
            ...AgentFields
            ...DomainFields
            ...HostFields
            ...IsoFields
            ...JobFields
            ...MachineFields
            ...ProjectFields
            ...TemplateFields
            ...UserFields
            ...ZoneFields
          }
        }
      }
    }
  `,
  [
    accountFields,
    agentFields,
    domainFields,
    hostFields,
    isoFields,
    jobFields,
    machineFields,
    projectFields,
    templateFields,
    userFields,
    zoneFields,
  ],
);

const cursorQuery = graphql(`
  query FeedCursor {
    changeCursor
  }
`);

/** Kinds of things that the console shows. */
const kinds = [
  'Account',
  'AffinityGroup',
  'Agent',
  'Alert',
  'Balance',
  'Budget',
  'Cluster',
  'DiskOffering',
  'Domain',
  'ForeignMachine',
  'Host',
  'ImageStore',
  'Iso',
  'Job',
  'Nic',
  'Notice',
  'Pod',
  'PrepaidTerm',
  'PriceAdjustment',
  'Project',
  'ProjectInvitation',
  'QuotaPolicy',
  'Role',
  'ServiceOffering',
  'SshKeyPair',
  'Statement',
  'StoragePool',
  'Tariff',
  'Template',
  'UsageExport',
  'UsageExportRun',
  'UsageExportSchedule',
  'User',
  'VirtualMachine',
  'VirtualMachineSchedule',
  'VirtualMachineSnapshot',
  'Volume',
  'Zone',
  'ZoneDraft',
] as const;

export type ChangeKind = (typeof kinds)[number];
export type Change = ResultOf<typeof feedSubscription>['changes']['changes'][number];

const pauseMs = 2000;

/**
 * Follows everything that changes, from a cursor on. What it brings goes into the cache, and so to whatever shows it;
 * those who listen learn what else may have changed: a list that a new thing belongs to.
 */
class LiveFeed {
  #stop: (() => void) | undefined;
  readonly #listeners = new Set<(changes: readonly Change[]) => void>();
  readonly #gaps = new Set<() => void>();

  /** Follows what changes from now on. To be awaited before anything is read, so that nothing falls between. */
  async startNow(): Promise<void> {
    const { changeCursor } = await ask(cursorQuery, {});
    this.start(changeCursor);
  }

  start(after: string): void {
    this.stop();
    const { unsubscribe } = pipe(
      api.client.subscription(feedSubscription, { after, filter: { kinds: [...kinds] } }),
      subscribe(({ data, error }) => {
        if (error !== undefined) void this.#startAnew(problemOf(error).code);
        else if (data !== undefined) this.#tell(data.changes.changes);
      }),
    );
    this.#stop = unsubscribe;
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  /** @returns a function that ends it */
  onChange(listener: (changes: readonly Change[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called when changes may have been missed, and everything must be read again. @returns a function that ends it */
  onGap(listener: () => void): () => void {
    this.#gaps.add(listener);
    return () => this.#gaps.delete(listener);
  }

  /** Has everything that is shown read again. */
  readAgain(): void {
    for (const listener of this.#gaps) listener();
  }

  #tell(changes: readonly Change[]): void {
    if (changes.length > 0) for (const listener of this.#listeners) listener(changes);
  }

  /** The feed ended by itself: mostly because it no longer reaches back to where this page was. */
  async #startAnew(code: string): Promise<void> {
    this.stop();
    if (code === 'UNAUTHENTICATED' || code === 'FORBIDDEN') return;
    if (code !== 'CURSOR_EXPIRED') await new Promise((resolve) => setTimeout(resolve, pauseMs));
    try {
      await this.startNow();
      this.readAgain();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      void this.#startAnew(code);
    }
  }
}

export const feed = new LiveFeed();
