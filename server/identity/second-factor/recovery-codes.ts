import { randomBytes } from 'node:crypto';
import type { Database, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { hashSecret } from '../secrets.ts';

const codesAtOnce = 10;
/** 80 bits: too many to try, even for somebody who has the hashes. */
const codeBytes = 10;
/** Crockford's digits, without those that look alike. */
const digits = '0123456789abcdefghjkmnpqrstvwxyz';

function newRecoveryCode(): string {
  let bits = BigInt(`0x${randomBytes(codeBytes).toString('hex')}`);
  let text = '';
  for (let place = 0; place < (codeBytes * 8) / 5; place++) {
    text += digits.charAt(Number(bits & 31n));
    bits >>= 5n;
  }
  return text.replaceAll(/(.{4})(?=.)/g, '$1-');
}

/** What is kept of a code, however it was typed. */
function hashOf(code: string): Buffer {
  return hashSecret(code.toLowerCase().replaceAll(/[\s-]/g, ''));
}

/** Makes new recovery codes; those that there were open nothing any more. @returns the codes, kept nowhere else */
export async function renewCodes(tx: Transaction, userId: Id<'User'>): Promise<string[]> {
  const codes = Array.from({ length: codesAtOnce }, newRecoveryCode);
  await tx.deleteFrom('RecoveryCode').where('userId', '=', userId).execute();
  await tx
    .insertInto('RecoveryCode')
    .values(codes.map((code) => ({ codeHash: hashOf(code), userId })))
    .execute();
  return codes;
}

/** Uses a recovery code up. @returns whether it was a good one */
export async function useRecoveryCode(
  db: Database | Transaction,
  userId: Id<'User'>,
  code: string,
  at: Date,
): Promise<boolean> {
  const used = await db
    .updateTable('RecoveryCode')
    .set({ usedAt: at })
    .where('codeHash', '=', hashOf(code))
    .where('userId', '=', userId)
    .where('usedAt', 'is', null)
    .returning('userId')
    .executeTakeFirst();
  return used !== undefined;
}

/** How many codes a user has left. */
export async function countRecoveryCodes(db: Database | Transaction, userId: Id<'User'>): Promise<number> {
  const { count } = await db
    .selectFrom('RecoveryCode')
    .select((row) => row.fn.countAll<bigint>().as('count'))
    .where('userId', '=', userId)
    .where('usedAt', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(count);
}
