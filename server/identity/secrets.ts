import { createHash, randomBytes } from 'node:crypto';

/** A new secret of 256 bits, in characters that need no quoting anywhere. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * What is kept of a secret. A plain hash is enough for 256 random bits, and, unlike a password's, it can be looked up
 * by: the comparison is the index's and tells a timing attacker nothing of use.
 */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
