import type { Database } from '@nephos/model/database.ts';
import { PlatformError } from '../errors.ts';
import type { Change } from './change.ts';

/** Changes kept in memory: a reader that is no further behind costs the database nothing. */
const ringSize = 16_384;
const pageSize = 1000;

/** The numbered feed as one server knows it, and everybody here who follows it. */
export class ChangeFeed {
  readonly #db: Database;
  /** The newest changes without a gap, oldest first. */
  #ring: Change[] = [];
  #latest = 0n;
  #next = Promise.withResolvers<undefined>();
  #catchingUp: Promise<void> | undefined;
  #catchUpAgain = false;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Highest number known here. */
  get latest(): bigint {
    return this.#latest;
  }

  /** Begins at the present end of the feed. */
  async start(): Promise<void> {
    const row = await this.#db
      .selectFrom('Change')
      .select(({ fn }) => fn.max('seq').as('seq'))
      .executeTakeFirst();
    // `max` of no rows is null, which its type does not say.
    this.#latest = (row?.seq as bigint | null | undefined) ?? 0n;
  }

  /** Takes changes that this server numbered itself. */
  accept(changes: Change[]): void {
    if (changes[0]?.seq === this.#latest + 1n) {
      this.#append(changes);
      return;
    }
    // A server that begins to number may not have read yet what the one before it numbered last.
    this.catchUp().catch(() => undefined);
  }

  /** Another server numbered changes: reads them. */
  catchUp(): Promise<void> {
    this.#catchUpAgain = true;
    this.#catchingUp ??= this.#readToEnd();
    return this.#catchingUp;
  }

  /**
   * Follows the feed from after a number, or from its present end, until the signal aborts. Batches are in order
   * and leave nothing out; a slow reader is not pushed, it reads on when it is ready.
   * @throws PlatformError CURSOR_EXPIRED when the feed no longer reaches back that far
   */
  async *follow(after: bigint | undefined, signal: AbortSignal): AsyncGenerator<Change[], void, undefined> {
    let position = after ?? this.#latest;
    if (after !== undefined) await this.#assertReaches(after);
    const aborted = Promise.withResolvers<undefined>();
    signal.addEventListener('abort', () => aborted.resolve(undefined), { once: true });
    while (!signal.aborted) {
      const wait = this.#next.promise;
      const batch = this.#ringAfter(position) ?? (await this.#read(position));
      const last = batch.at(-1);
      if (last !== undefined) {
        position = last.seq;
        yield batch;
      } else {
        await Promise.race([wait, aborted.promise]);
      }
    }
  }

  #append(changes: Change[]): void {
    const last = changes.at(-1);
    if (last === undefined) return;
    this.#ring.push(...changes);
    // Trimmed in large steps: moving an array of thousands for every batch would cost more than the batch.
    if (this.#ring.length > ringSize * 2) this.#ring = this.#ring.slice(-ringSize);
    this.#latest = last.seq;
    this.#next.resolve(undefined);
    this.#next = Promise.withResolvers();
  }

  /** What memory holds after a number; `undefined` when it does not reach back that far. */
  #ringAfter(position: bigint): Change[] | undefined {
    if (position >= this.#latest) return [];
    const oldest = this.#ring[0];
    if (oldest === undefined || position < oldest.seq) return undefined;
    let low = 0;
    let high = this.#ring.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ring[middle]?.seq ?? 0n) <= position) low = middle + 1;
      else high = middle;
    }
    return this.#ring.slice(low, low + pageSize);
  }

  #read(position: bigint): Promise<Change[]> {
    return this.#db
      .selectFrom('Change')
      .selectAll()
      .where('seq', '>', position)
      .orderBy('seq')
      .limit(pageSize)
      .execute();
  }

  async #readToEnd(): Promise<void> {
    try {
      while (this.#catchUpAgain) {
        this.#catchUpAgain = false;
        for (
          let page = await this.#read(this.#latest);
          page.length > 0;
          page = await this.#read(this.#latest)
        ) {
          this.#append(page.filter(({ seq }) => seq > this.#latest));
          if (page.length < pageSize) break;
        }
      }
    } finally {
      // At once: whoever asks after the last look would otherwise be told that it is being done.
      this.#catchingUp = undefined;
    }
  }

  async #assertReaches(after: bigint): Promise<void> {
    const oldestInMemory = this.#ring[0]?.seq;
    // Another server may have shown the client more than this one knows yet.
    if (after > this.#latest) await this.catchUp();
    if (oldestInMemory !== undefined && after >= oldestInMemory && after <= this.#latest) return;
    const { oldest } = (await this.#db
      .selectFrom('Change')
      .select(({ fn }) => fn.min('seq').as('oldest'))
      .executeTakeFirstOrThrow()) as { oldest: bigint | null };
    if (after <= this.#latest && (oldest === null || after >= oldest - 1n)) return;
    throw new PlatformError('CURSOR_EXPIRED', 'the change feed no longer reaches back to this cursor', {
      remedy: 'read the lists again and follow the feed from its present end',
    });
  }
}
