import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { hashSecret, newSecret } from '../secrets.ts';

const linkDays = 7;

/** Makes a one-time link by which a user sets a password; earlier ones are void. @returns its secret */
export async function makeSetupLink(tx: Transaction, userId: Id<'User'>, at: Date): Promise<string> {
  const secret = newSecret();
  const expiresAt = new Date(at.getTime() + linkDays * 86_400_000);
  await tx.deleteFrom('SetupLink').where('userId', '=', userId).execute();
  await tx
    .insertInto('SetupLink')
    .values({ tokenHash: hashSecret(secret), userId, expiresAt })
    .execute();
  return secret;
}
