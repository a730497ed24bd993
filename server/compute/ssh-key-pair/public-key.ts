import { createHash } from 'node:crypto';
import ssh2 from 'ssh2';
import { invalid } from '../../platform/errors.ts';

export interface PublicKey {
  /** As a line of authorized_keys. */
  line: string;
  /** `SHA256:…`, as ssh-keygen shows it. */
  fingerprint: string;
}

const longestLine = 16_384;
const smallestRsaBits = 2048;
const accepted: ReadonlySet<string> = new Set([
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
]);

/**
 * Reads a public key in the form of a line of authorized_keys, without options before it.
 * @throws PlatformError VALIDATION_FAILED for anything else, and for keys that are too weak
 */
export function readPublicKey(path: string, text: string): PublicKey {
  const [type = '', encoded = '', ...words] = text.trim().split(/[ \t]+/);
  // Not all of it: people paste private keys by mistake.
  const shown = type.slice(0, 20);
  if (text.length > longestLine || /[\r\n]/.test(text.trim()) || !accepted.has(type)) {
    throw invalid(path, shown, `must be one line that begins with ${[...accepted].join(', ')}`);
  }
  const key = ssh2.utils.parseKey(`${type} ${encoded}`);
  if (key instanceof Error || key.type !== type || key.isPrivateKey())
    throw invalid(path, shown, 'must be a public key as in authorized_keys');
  const blob = key.getPublicSSH();
  if (blob.toString('base64') !== encoded)
    throw invalid(path, shown, 'must be a public key as in authorized_keys');
  const bits = type === 'ssh-rsa' ? rsaBits(blob) : undefined;
  if (bits !== undefined && bits < smallestRsaBits)
    throw invalid(path, shown, `must have at least ${smallestRsaBits} bits; this one has ${bits}`);
  const comment = words.join(' ').replaceAll(/\p{Cc}/gu, '');
  return {
    line: [type, encoded, ...(comment === '' ? [] : [comment])].join(' '),
    fingerprint: `SHA256:${createHash('sha256').update(blob).digest('base64').replaceAll('=', '')}`,
  };
}

/** The type's name and 32 bytes of key, each after its length (RFC 8709, 4). */
const ed25519BlobBytes = 4 + 'ssh-ed25519'.length + 4 + 32;

/** Length of the modulus: the third of the blob's fields, after the type and the exponent (RFC 4253, 6.6). */
function rsaBits(blob: Buffer): number {
  let rest = blob;
  const field = () => {
    const length = rest.readUInt32BE(0);
    const value = rest.subarray(4, 4 + length);
    rest = rest.subarray(4 + length);
    return value;
  };
  field();
  field();
  return BigInt(`0x${field().toString('hex')}`).toString(2).length;
}

export interface GeneratedKey extends PublicKey {
  /** In OpenSSH's own format. */
  privateKey: string;
}

/** A new Ed25519 key pair. */
export function generateKey(comment: string): GeneratedKey {
  for (;;) {
    const made = ssh2.utils.generateKeyPairSync('ed25519', { comment });
    // ssh2 1.17 drops the zeros that the key itself begins with, as one in 256 does: such a pair opens nothing.
    const isWhole = Buffer.from(made.public.split(' ')[1] ?? '', 'base64').length === ed25519BlobBytes;
    if (isWhole) return { ...readPublicKey('publicKey', made.public), privateKey: made.private };
  }
}
