import type { Database } from '@nephos/model/database.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { hashSecret, newSecret } from './secrets.ts';
import { assertGoodPassword, hashPassword } from './user/password.ts';

const linkDays = 7;
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
        .values({ id: domainId, parentId: null, name: 'ROOT', path: '/' })
        .execute();
      await tx
        .insertInto('Account')
        .values({ id: accountId, domainId, name: 'admin', role: 'ROOT_ADMIN' })
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
    const secret = newSecret();
    const expiresAt = new Date(clock.now().getTime() + linkDays * 86_400_000);
    await tx.deleteFrom('SetupLink').where('userId', '=', userId).execute();
    await tx
      .insertInto('SetupLink')
      .values({ tokenHash: hashSecret(secret), userId, expiresAt })
      .execute();
    return secret;
  });
}
