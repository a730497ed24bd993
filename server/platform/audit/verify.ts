import type { Database, Transaction } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { BrokenChainEnd, type AuditChain, type ChainPlace } from './chain.ts';
import { ChainWalk, named, numbers, sealedEvents, type ChainBreak } from './walk.ts';

/** What a look at the whole chain found. */
export interface ChainReport {
  /** Events that follow each other, up to the break if there is one. */
  events: number;
  /** Times of the first and the last of them. */
  from: Date | undefined;
  to: Date | undefined;
  /** The recorded end. */
  head: ChainPlace | undefined;
  /** Where the chain does not hold; `undefined`: it is whole. */
  break: ChainBreak | undefined;
}

/** Servers seal an event within seconds; one that stays unsealed for longer was written, or unsealed, by another. */
const sealedWithinMs = 60_000;

/** Follows the chain from tail to head, as it was at one moment: servers may go on meanwhile. */
export async function verifyChain(db: Database, chain: AuditChain, now: Date): Promise<ChainReport> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      const report: ChainReport = {
        events: 0,
        from: undefined,
        to: undefined,
        head: undefined,
        break: undefined,
      };
      try {
        report.break = await follow(tx, chain, now, report);
      } catch (error) {
        if (!(error instanceof BrokenChainEnd)) throw error;
        report.break = { kind: 'END_CHANGED', message: error.message };
      }
      return report;
    });
}

async function follow(
  tx: Transaction,
  chain: AuditChain,
  now: Date,
  report: ChainReport,
): Promise<ChainBreak | undefined> {
  const tail = await chain.readEnd(tx, 'tail');
  const head = await chain.readEnd(tx, 'head');
  report.head = head;
  const walk = new ChainWalk(chain, tail);
  for await (const page of sealedEvents(tx)) {
    for (const event of page) {
      const found = walk.step(event);
      if (found !== undefined) return found;
      if (event.seq > head.seq) return beyondHead(event);
      report.events += 1;
      report.from ??= event.at;
      report.to = event.at;
    }
  }
  const { place } = walk;
  if (place.seq < head.seq) {
    return {
      kind: 'END_CUT_OFF',
      message: `the end was cut off: ${numbers(place.seq + 1n, head.seq)} removed`,
    };
  }
  if (!place.hash.equals(head.hash))
    return { kind: 'END_CHANGED', message: 'the head of the audit chain is that of another chain' };
  return unsealed(tx, now);
}

function beyondHead(event: { id: string; seq: bigint; at: Date }): ChainBreak {
  return { kind: 'ADDED', message: `${named(event)} was added behind the recorded end` };
}

async function unsealed(tx: Transaction, now: Date): Promise<ChainBreak | undefined> {
  const { rows } = await sql<{ id: string; at: Date }>`
    select "id", "at" from "AuditEvent"
    where "seq" is null and "at" < ${new Date(now.getTime() - sealedWithinMs)} order by "id" limit 1`.execute(
    tx,
  );
  const [event] = rows;
  return (
    event && {
      kind: 'UNSEALED',
      message: `${named({ ...event, seq: null })} is not sealed; a running server seals it within seconds`,
    }
  );
}
