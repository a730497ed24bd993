import type { Transaction } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { sealableColumns, type AuditChain, type ChainPlace, type SealedEvent } from './chain.ts';

const pageSize = 5000;

/** Where a chain does not hold, in words. */
export interface ChainBreak {
  kind: 'CHANGED' | 'MISSING' | 'BEGINNING_CUT_OFF' | 'END_CUT_OFF' | 'ADDED' | 'END_CHANGED' | 'UNSEALED';
  message: string;
}

/** Sealed events in the order of the chain, page by page. */
export async function* sealedEvents(
  tx: Transaction,
  range: { below?: bigint } = {},
): AsyncGenerator<SealedEvent[], void, undefined> {
  const within = range.below === undefined ? sql`true` : sql`"seq" < ${range.below}`;
  let after = sql`true`;
  for (;;) {
    const { rows } = await sql<SealedEvent>`
      select "seq", "hash", ${sealableColumns} from "AuditEvent"
      where "seq" is not null and ${within} and ${after} order by "seq", "id", "at" limit ${pageSize}`.execute(
      tx,
    );
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return;
    after = sql`("seq", "id", "at") > (${last.seq}, ${last.id}, ${last.at})`;
  }
}

/** Follows a chain event by event, and stands still at the first that does not follow. */
export class ChainWalk {
  readonly #chain: AuditChain;
  readonly #start: ChainPlace;
  #place: ChainPlace;
  #last: SealedEvent | undefined;

  /** @param tail what comes before the first event */
  constructor(chain: AuditChain, tail: ChainPlace) {
    this.#chain = chain;
    this.#start = tail;
    this.#place = tail;
  }

  /** The last event that followed, or the tail. */
  get place(): ChainPlace {
    return this.#place;
  }

  step(event: SealedEvent): ChainBreak | undefined {
    const found = this.#breakAt(event);
    if (found === undefined) {
      this.#place = { seq: event.seq, hash: event.hash };
      this.#last = event;
    }
    return found;
  }

  #breakAt(event: SealedEvent): ChainBreak | undefined {
    const expected = this.#place.seq + 1n;
    if (event.seq < expected) {
      const known = this.#last === undefined ? 'lies before the beginning' : 'is there already';
      return { kind: 'ADDED', message: `${named(event)} was added: number ${event.seq} ${known}` };
    }
    if (event.seq > expected) {
      const missing = numbers(expected, event.seq - 1n);
      return this.#place.seq === this.#start.seq
        ? {
            kind: 'BEGINNING_CUT_OFF',
            message: `the beginning was cut off: ${missing} removed before ${named(event)}`,
          }
        : {
            kind: 'MISSING',
            message: `${missing} removed between ${this.#last ? named(this.#last) : 'the beginning'} and ${named(event)}`,
          };
    }
    if (this.#chain.hashOf(this.#place.hash, event.seq, event).equals(event.hash)) return undefined;
    return { kind: 'CHANGED', message: `${named(event)} was changed, or put in another's place` };
  }
}

/** An event for people who look for it. */
export function named({ id, seq, at }: { id: string; seq: bigint | null; at: Date }): string {
  return `event ${id} (${seq === null ? '' : `number ${seq}, `}${at.toISOString()})`;
}

/** `event 7 was`, `events 7 to 9 were`. */
export function numbers(from: bigint, to: bigint): string {
  return from === to ? `event ${from} was` : `events ${from} to ${to} were`;
}
