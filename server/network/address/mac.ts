import { randomBytes } from 'node:crypto';

/**
 * A new MAC address: locally administered and unicast, the other 40 bits random, so that clouds that share a wire do
 * not meet. The database refuses a second of the same.
 */
export function newMacAddress(): string {
  return ['02', ...[...randomBytes(5)].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}
