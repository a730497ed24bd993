import type { Exchange, Operation, OperationResult } from '@urql/core';
import { filter, makeSubject, map, merge, pipe } from 'wonka';

interface Versioned {
  __typename: string;
  id: string;
  version: number;
}

function isVersioned(value: object): value is Versioned {
  const { __typename, id, version } = value as Partial<Versioned>;
  // An entry of the feed has the id and a version of the thing that it tells of, but is not that thing.
  return typeof id === 'string' && typeof version === 'number' && __typename !== 'Change';
}

/** Remembers the newest version seen of everything. */
export class KnownVersions {
  readonly #newest = new Map<string, number>();

  /** Whether the data holds something older than what was seen; notes what is newer. */
  hasStale(data: unknown): boolean {
    if (Array.isArray(data)) return data.map((each) => this.hasStale(each)).includes(true);
    if (typeof data !== 'object' || data === null) return false;
    const within = Object.values(data)
      .map((each) => this.hasStale(each))
      .includes(true);
    return (isVersioned(data) && this.#isStale(data)) || within;
  }

  /** The data, with what is older than what was seen cut down to its id: the cache then keeps what it has. */
  withoutStale(data: unknown): unknown {
    if (Array.isArray(data)) return data.map((each) => this.withoutStale(each));
    if (typeof data !== 'object' || data === null) return data;
    if (isVersioned(data) && this.#isStale(data)) return { __typename: data.__typename, id: data.id };
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, this.withoutStale(value)]));
  }

  #isStale({ __typename, id, version }: Versioned): boolean {
    const key = `${__typename}:${id}`;
    const newest = this.#newest.get(key) ?? -1;
    if (version > newest) this.#newest.set(key, version);
    return version < newest;
  }
}

const mostRepeats = 2;

/**
 * Answers and pushed changes come over different ways, and may overtake each other. Nothing that is older than what
 * was seen gets past this exchange: a query is asked again; of anything else the old part is left out.
 */
export function versionGuard(versions = new KnownVersions()): Exchange {
  return ({ forward }) =>
    (operations$) => {
      const repeated = makeSubject<Operation>();
      const repeats = new WeakMap<object, number>();
      const answered = (result: OperationResult): OperationResult | undefined => {
        if (result.data == null || !versions.hasStale(result.data)) return result;
        const { operation } = result;
        if (operation.kind !== 'query') return { ...result, data: versions.withoutStale(result.data) };
        const before = repeats.get(operation.context) ?? 0;
        if (before >= mostRepeats) return result;
        repeats.set(operation.context, before + 1);
        queueMicrotask(() => repeated.next(operation));
        return undefined;
      };
      return pipe(
        forward(merge([operations$, repeated.source])),
        map(answered),
        filter((result) => result !== undefined),
      );
    };
}
