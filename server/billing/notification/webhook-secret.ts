import { randomBytes } from 'node:crypto';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { Sealing } from '../../platform/sealing.ts';

const secretBytes = 32;
const placeOf = (accountId: Id<'Account'>) => `noticeWebhook ${accountId}`;

/** A new secret, to be shown once, and as it lies in the database. */
export function newWebhookSecret(sealing: Sealing, accountId: Id<'Account'>) {
  const secret = randomBytes(secretBytes).toString('base64url');
  return { secret, sealed: sealing.seal(Buffer.from(secret), placeOf(accountId)) };
}

/** What an account's webhooks are signed with. */
export function openWebhookSecret(sealing: Sealing, accountId: Id<'Account'>, sealed: Buffer): Buffer {
  return sealing.open(sealed, placeOf(accountId));
}
