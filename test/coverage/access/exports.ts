import type { Database } from '@nephos/model/database.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import type { AccountFacts } from './tenants.ts';

/** A file of usage that the user of an account ordered. */
export async function makeExport(db: Database, { userId, accountId }: AccountFacts): Promise<void> {
  if (userId === null) return;
  const at = new Date();
  await db
    .insertInto('UsageExport')
    .values({
      id: newId('UsageExport'),
      userId,
      kind: 'RECORDS',
      format: 'CSV',
      coversFrom: at,
      coversUntil: at,
      seesAll: false,
      accountIds: [accountId],
      issuerName: 'Nephos',
      mostBytes: 1n,
      createdAt: at,
      expiresAt: new Date(at.getTime() + 86_400_000),
    })
    .execute();
}
