import type { ApiClient } from '../support/api-client.ts';

/** One entry of the change feed. */
export interface SeenChange {
  cursor: string;
  kind: string;
  id: string;
  operation: string;
  version: number;
}

interface Pushed {
  changes: {
    changes: (SeenChange & { node: { state?: string } | null })[];
    cursor: string;
  };
}

const followChanges = `
  subscription ($after: Cursor) {
    changes(after: $after) {
      cursor
      changes { cursor kind id operation version node { id ... on VirtualMachine { state } } }
    }
  }`;

/** What the cloud looks like, kept by what the server pushes, as a console keeps it. */
export class LiveView {
  /** Everything that was pushed, in order. */
  readonly changes: SeenChange[] = [];
  readonly #states = new Map<string, string>();
  #next = Promise.withResolvers<undefined>();
  #failure: unknown;

  /** @param after cursor of the change feed */
  constructor(client: ApiClient, after: string) {
    void this.#follow(client, after);
  }

  /** State of a machine as it was last pushed; `GONE` once it is. */
  stateOf(machineId: string): string | undefined {
    return this.#states.get(machineId);
  }

  /** Looks now and again after everything that is pushed, until the look finds something. */
  async until<Found>(
    look: () => Found | undefined | Promise<Found | undefined>,
    signal: AbortSignal,
  ): Promise<Found> {
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
    // It may be aborted long after this has ended: then nobody waits any more.
    aborted.catch(() => undefined);
    for (;;) {
      signal.throwIfAborted();
      if (this.#failure !== undefined) throw new Error('the change feed ended', { cause: this.#failure });
      // Taken before the look, so that nothing is pushed unseen in between.
      const next = this.#next.promise;
      const found = await look();
      if (found !== undefined) return found;
      await Promise.race([next, aborted]);
    }
  }

  /** Waits until a machine's state is pushed. */
  async untilState(machineId: string, state: string, signal: AbortSignal): Promise<void> {
    await this.until(() => (this.#states.get(machineId) === state ? true : undefined), signal);
  }

  async #follow(client: ApiClient, after: string): Promise<void> {
    try {
      for await (const { changes: batch } of client.follow<Pushed>(followChanges, { after })) {
        for (const { node, ...change } of batch.changes) this.#take(change, node?.state);
        this.#wake();
      }
      this.#failure = 'the server ended it';
    } catch (error) {
      this.#failure = error;
    }
    this.#wake();
  }

  #take(change: SeenChange, state: string | undefined): void {
    this.changes.push(change);
    if (change.operation === 'DELETED') this.#states.set(change.id, 'GONE');
    else if (state !== undefined) this.#states.set(change.id, state);
  }

  #wake(): void {
    const { resolve } = this.#next;
    this.#next = Promise.withResolvers();
    resolve(undefined);
  }
}
