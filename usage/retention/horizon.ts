import type { Database, Transaction } from '@nephos/model/database.ts';

/** The moment from which on usage events are kept: before the first of them while none was ever removed. */
export async function keptFrom(db: Database | Transaction): Promise<Date> {
  const horizon = await db.selectFrom('UsageHorizon').select('keptFrom').executeTakeFirst();
  return horizon?.keptFrom ?? new Date(0);
}
