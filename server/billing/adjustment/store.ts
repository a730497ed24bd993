import type { Database, Transaction } from '@nephos/model/database.ts';
import type { Adjustment } from '@nephos/usage/rate/adjust/adjustment.ts';
import { sql } from 'kysely';

/** All discounts and taxes that are valid in a billing month, `2026-11`, whoever they are for. */
export async function readAdjustments(db: Database | Transaction, month: string): Promise<Adjustment[]> {
  const { rows } = await sql<Adjustment>`select * from nephos_valid_adjustments(${month})`.execute(db);
  return rows;
}
