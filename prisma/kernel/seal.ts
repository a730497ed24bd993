import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Bytes of a master key. */
export const keyBytes = 32;
const ivBytes = 12;
const tagBytes = 16;

/** Encrypts with AES-256-GCM. @param context binds the sealed bytes to their place: opened elsewhere they are refused */
export function seal(key: Buffer, plain: Buffer, context: string): Buffer {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** What {@link seal} made. @throws Error when the bytes were not sealed with this key for this context */
export function unseal(key: Buffer, sealed: Buffer, context: string): Buffer {
  const iv = sealed.subarray(0, ivBytes);
  const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(ivBytes, -tagBytes)), decipher.final()]);
  } catch (error) {
    throw new Error(`secret ${context} in the database was sealed with another master key`, { cause: error });
  }
}

/** The master key in a file; `undefined` where there is none. @throws Error when the file does not hold a key */
export function readMasterKey(file: string): Buffer | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const key = Buffer.from(text.trim(), 'hex');
  if (key.length !== keyBytes)
    throw new Error(`${file} must hold a master key: ${keyBytes * 2} hexadecimal digits`);
  return key;
}
