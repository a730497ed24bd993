import type { Database } from '@nephos/model/database.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { rootAdminRoleId } from './role/built-in-roles.ts';
import { assertGoodPassword, hashPassword } from './user/password.ts';
import { makeSetupLink } from './user/setup-link.ts';

/** Servers that start together make one domain ROOT, not two. */
const firstStartLock = 4_105_130_002;

/**
 * Makes the domain ROOT and the user `admin` where they are missing.
 * @returns the secret of a new one-time link, while the admin has no password yet and none is given
 * @throws PlatformError VALIDATION_FAILED for a given password that is too weak
 */
export async function ensureFirstUser(
  db: Database,
  clock: Clock,
  adminPassword: string,
): Promise<string | undefined> {
  if (adminPassword !== '') assertGoodPassword('NEPHOS_ADMIN_PASSWORD', adminPassword, 'admin');
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${firstStartLock})`.execute(tx);
    const known = await tx.selectFrom('User').selectAll().where('username', '=', 'admin').executeTakeFirst();
    const userId = known?.id ?? newId('User');
    if (known === undefined) {
      const domainId = newId('Domain');
      const accountId = newId('Account');
      await tx
        .insertInto('Domain')
        .values({ id: domainId, parentId: null, name: 'ROOT', path: '/', lineage: [domainId] })
        .execute();
      await tx
        .insertInto('Account')
        .values({ id: accountId, domainId, name: 'admin', roleId: rootAdminRoleId })
        .execute();
      await tx
        .insertInto('User')
        .values({ id: userId, accountId, username: 'admin', passwordHash: null })
        .execute();
    }
    if (known?.passwordHash) return undefined;
    if (adminPassword !== '') {
      const passwordHash = await hashPassword(adminPassword);
      await tx.updateTable('User').set({ passwordHash }).where('id', '=', userId).execute();
      await tx.deleteFrom('SetupLink').where('userId', '=', userId).execute();
      return undefined;
    }
    return makeSetupLink(tx, userId, clock.now());
  });
}
