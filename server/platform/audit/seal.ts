import type { Database } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { sealableColumns, type AuditChain, type SealableEvent } from './chain.ts';

const batchSize = 1000;

/**
 * Appends a batch of events that are committed and in no chain yet, in the order of their ids. Any server may do it:
 * the lock on the head makes them take turns. An event that becomes visible later gets a later place.
 * @returns how many, or `busy` while another server seals
 * @throws BrokenChainEnd
 */
export async function sealBatch(db: Database, chain: AuditChain): Promise<number | 'busy'> {
  return db.transaction().execute(async (tx) => {
    const head = await chain.tryLockEnd(tx, 'head');
    if (head === undefined) return 'busy';
    const { rows } = await sql<SealableEvent>`
      select ${sealableColumns} from "AuditEvent" where "seq" is null order by "id" limit ${batchSize}`.execute(
      tx,
    );
    if (rows.length === 0) return 0;
    let { seq, hash } = head;
    const places = rows.map((event) => {
      seq += 1n;
      hash = chain.hashOf(hash, seq, event);
      return { id: event.id, at: event.at, seq, hash };
    });
    await sql`
      update "AuditEvent" e set "seq" = place."seq", "hash" = place."hash"
      from unnest(${places.map(({ id }) => id)}::text[], ${places.map(({ at }) => at)}::timestamptz[],
        ${places.map((place) => place.seq)}::bigint[], ${places.map((place) => place.hash)}::bytea[])
        as place("id", "at", "seq", "hash")
      where e."id" = place."id" and e."at" = place."at"`.execute(tx);
    await chain.moveEnd(tx, 'head', { seq, hash });
    return rows.length;
  });
}

/** Seals until nothing is left to seal. @returns false when another server does it */
export async function sealAll(db: Database, chain: AuditChain): Promise<boolean> {
  for (;;) {
    const sealed = await sealBatch(db, chain);
    if (sealed === 'busy') return false;
    if (sealed < batchSize) return true;
  }
}
