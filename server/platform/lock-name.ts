import type { Transaction } from '@nephos/model/database.ts';
import { sql } from 'kysely';

/** Holds a name until the transaction ends: for what may have no row yet that could be locked. */
export async function lockName(tx: Transaction, kind: string, name: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext(${`nephos ${kind}`}), hashtext(${name}))`.execute(tx);
}
