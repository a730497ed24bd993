import type { Database } from '@nephos/model/database.ts';
import type { UsageExportFormat } from '@nephos/model/generated/enums.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { userRoleId } from '@nephos/server/identity/role/built-in-roles.ts';
import { sql } from 'kysely';
import type { UsageHistory } from './usage-history.ts';

/** Accounts in a database where no server ever was, and a user of the first. */
export async function bareAccounts(
  db: Database,
  count: number,
): Promise<{ accounts: Id<'Account'>[]; userId: Id<'User'> }> {
  const domainId = newId('Domain');
  await db
    .insertInto('Domain')
    .values({ id: domainId, parentId: null, name: 'ROOT', path: '/', lineage: [domainId] })
    .execute();
  const accounts = Array.from({ length: count }, () => newId('Account'));
  await db
    .insertInto('Account')
    .values(accounts.map((id, index) => ({ id, domainId, name: `tenant-${index}`, roleId: userRoleId })))
    .execute();
  const userId = newId('User');
  await db.insertInto('User').values({ id: userId, accountId: accounts[0]!, username: 'operator' }).execute();
  return { accounts, userId };
}

/** Orders a file of all records, as a server does, and wakes the daemon. */
export async function orderRecords(
  db: Database,
  userId: Id<'User'>,
  { from, until }: UsageHistory,
  format: UsageExportFormat,
): Promise<Id<'UsageExport'>> {
  const id = newId('UsageExport');
  const at = new Date();
  await db
    .insertInto('UsageExport')
    .values({
      id,
      userId,
      kind: 'RECORDS',
      format,
      coversFrom: from,
      coversUntil: until,
      seesAll: true,
      accountIds: [],
      issuerName: 'Nephos',
      mostBytes: 2n ** 40n,
      createdAt: at,
      expiresAt: at,
    })
    .execute();
  await sql`select pg_notify('nephos_usage', '')`.execute(db);
  return id;
}
