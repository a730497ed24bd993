import { createHash } from 'node:crypto';

/** SHA-256 of a certificate's DER, in hexadecimal. */
export function certificateSha256(der: Buffer): string {
  return createHash('sha256').update(der).digest('hex');
}
