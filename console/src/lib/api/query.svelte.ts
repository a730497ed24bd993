import { createRequest, type AnyVariables, type DocumentInput, type OperationResult } from '@urql/core';
import { untrack } from 'svelte';
import { pipe, subscribe, take } from 'wonka';
import { api } from './connection.svelte.ts';
import { feed, type Change } from './live-feed.ts';
import { problemOf, type Problem } from './problem.ts';
import { Refresher } from './refresher.ts';

export interface QueryOptions {
  /** Changes after which the answer may be another one, beyond what the cache knows by itself. */
  refreshOn?: (change: Change) => boolean;
  /** For large answers: milliseconds between two, however much changes; a second when left out. */
  refreshEveryMs?: number;
}

/** What was asked ahead, and when, in milliseconds, until it is shown. */
const askedAhead = new Map<number, number>();
/** What is older may have changed. */
const freshMs = 5000;

/**
 * Asks for what a page is about to show, while the page itself is still on its way. What is known is left to the page,
 * which shows it at once and asks for it again.
 */
export function askAhead<Data, Variables extends AnyVariables>(
  document: DocumentInput<Data, Variables>,
  variables: Variables,
): void {
  const known = api.client.readQuery(document, variables, { requestPolicy: 'cache-only' });
  if (known?.data) return;
  const request = createRequest(document, variables);
  askedAhead.set(request.key, performance.now());
  const answer = api.client.executeQuery(request, { requestPolicy: 'network-only' });
  pipe(
    answer,
    take(1),
    subscribe(() => undefined),
  );
}

/** Whether the answer was asked for just now, and nobody has taken it yet. */
function takeAskedAhead(key: number): boolean {
  const at = askedAhead.get(key) ?? -Infinity;
  return askedAhead.delete(key) && performance.now() - at < freshMs;
}

/** What a query answers, as it is now: from the cache at once, from the server then, and again whenever it changes. */
export class LiveQuery<Data, Variables extends AnyVariables> {
  data = $state.raw<Data>();
  problem = $state.raw<Problem>();
  /** The first answer for these variables is on its way; `data` may still be that of the last ones. */
  isFetching = $state(true);
  /** The variables that `data` is the answer for. */
  answeredFor = $state.raw<Variables>();
  /** What is asked. */
  readonly document: DocumentInput<Data, Variables>;
  #variables: Variables | undefined;

  /**
   * Must be made while a component is set up; ends with it.
   * @param variables with state in them the query follows it; `undefined` asks nothing
   */
  constructor(
    document: DocumentInput<Data, Variables>,
    variables: () => Variables | undefined,
    options: QueryOptions = {},
  ) {
    this.document = document;
    // Made anew of the same values they are still the same: an address that changes elsewhere asks nothing again.
    const key = $derived(JSON.stringify(variables()));
    $effect.pre(() => {
      // eslint-disable-next-line @typescript-eslint/no-meaningless-void-operator -- read, so that the effect follows it
      void key;
      const wanted = untrack(variables);
      this.#variables = wanted;
      if (wanted === undefined) return;
      return untrack(() => this.#follow(wanted));
    });
    $effect.pre(() => this.#refreshOn(options));
  }

  get isFirstLoad(): boolean {
    return this.isFetching && this.data === undefined;
  }

  /** Asks the server again. */
  refresh = (): void => {
    if (this.#variables === undefined) return;
    const request = createRequest(this.document, this.#variables);
    const operation = api.client.createRequestOperation('query', request, { requestPolicy: 'network-only' });
    api.client.reexecuteOperation(operation);
  };

  #follow(variables: Variables): () => void {
    this.isFetching = true;
    const request = createRequest(this.document, variables);
    const requestPolicy = takeAskedAhead(request.key) ? 'cache-first' : 'cache-and-network';
    const source = api.client.executeQuery(request, { requestPolicy });
    const { unsubscribe } = pipe(
      source,
      subscribe((result) => this.#take(result, variables)),
    );
    return unsubscribe;
  }

  #take({ data, error }: OperationResult<Data, Variables>, variables: Variables): void {
    this.problem = error === undefined ? undefined : problemOf(error);
    // What was to be seen under rights that one no longer has is not shown any more.
    if (this.problem?.code === 'FORBIDDEN') this.data = undefined;
    if (data !== undefined && data !== null) {
      this.data = data;
      this.answeredFor = variables;
    }
    this.isFetching = false;
  }

  #refreshOn({ refreshOn: isRelevant, refreshEveryMs }: QueryOptions): () => void {
    const refresher = new Refresher(this.refresh, refreshEveryMs);
    const ends = [feed.onGap(this.refresh), () => refresher.stop()];
    if (isRelevant !== undefined) {
      ends.push(feed.onChange((changes) => changes.some(isRelevant) && refresher.ask()));
    }
    return () => ends.forEach((end) => end());
  }
}
