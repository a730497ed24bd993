import { createHash, randomInt } from 'node:crypto';

/**
 * SHA-512 crypt, the `$6$` of /etc/shadow: https://www.akkadia.org/drepper/SHA-crypt.txt. Node has no crypt(3), and
 * every guest's system understands this one. The numbered comments follow that text.
 */

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const defaultRounds = 5000;
const digestBytes = 64;

const sha512 = (...parts: readonly (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The first `length` bytes of a digest repeated for ever. */
function stretched(digest: Buffer, length: number): Buffer {
  return Buffer.alloc(length, digest);
}

/** A random salt as long as there can be. */
export function newSalt(): string {
  return Array.from({ length: 16 }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/** @param salt up to 16 characters of `./0-9A-Za-z` */
export function sha512Crypt(password: string, salt: string): string {
  const key = Buffer.from(password);
  // 4 to 8.
  const alternate = sha512(key, salt, key);
  // 9 to 12: alternate digest and key in the order of the bits of the key's length, lowest first.
  const parts: (string | Uint8Array)[] = [key, salt, stretched(alternate, key.length)];
  for (let bits = key.length; bits > 0; bits >>= 1) parts.push((bits & 1) === 1 ? alternate : key);
  let digest = sha512(...parts);
  // 13 to 16, 17 to 20.
  const p = stretched(sha512(...Array.from({ length: key.length }, () => key)), key.length);
  const saltRepeats = 16 + digest.readUInt8(0);
  const s = stretched(sha512(...Array.from({ length: saltRepeats }, () => salt)), salt.length);
  // 21.
  for (let round = 0; round < defaultRounds; round++) {
    const isOdd = round % 2 === 1;
    const pieces = [isOdd ? p : digest];
    if (round % 3 !== 0) pieces.push(s);
    if (round % 7 !== 0) pieces.push(p);
    pieces.push(isOdd ? digest : p);
    digest = sha512(...pieces);
  }
  return `$6$${salt}$${encoded(digest)}`;
}

/** 22: three bytes at a time, of thirds of the digest that change places from group to group; then the last byte. */
function encoded(digest: Buffer): string {
  let text = '';
  const third = (digestBytes - 1) / 3;
  for (let group = 0; group < third; group++) {
    const at = (index: number) => digest.readUInt8(group + ((index + group) % 3) * third);
    text += characters((at(0) << 16) | (at(1) << 8) | at(2), 4);
  }
  return text + characters(digest.readUInt8(digestBytes - 1), 2);
}

function characters(value: number, count: number): string {
  return Array.from({ length: count }, (_, index) => alphabet[(value >> (6 * index)) & 63]).join('');
}
