import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Database } from '@nephos/model/database.ts';

const keyBytes = 32;
const ivBytes = 12;
const tagBytes = 16;

/** Encrypts what must lie in the database but must not be read from a copy of it (AES-256-GCM). */
export class Sealing {
  readonly #key: Buffer;

  private constructor(key: Buffer) {
    this.#key = key;
  }

  /**
   * Reads the master key, or makes one where there is none yet.
   * @throws Error when the file does not hold a key
   */
  static fromFile(file: string): Sealing {
    return new Sealing(readKey(file) ?? createKey(file));
  }

  /** `context` binds the sealed bytes to their place: opened elsewhere they are refused. */
  seal(plain: Buffer, context: string): Buffer {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv).setAAD(Buffer.from(context));
    return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  /** @throws Error when the bytes were not sealed with this key for this context */
  open(sealed: Buffer, context: string): Buffer {
    const iv = sealed.subarray(0, ivBytes);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, iv).setAAD(Buffer.from(context));
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(ivBytes, -tagBytes)), decipher.final()]);
    } catch (error) {
      throw new Error(`secret ${context} in the database was sealed with another master key`, {
        cause: error,
      });
    }
  }

  /** A secret of the platform by name; made by `make` at the first call on any server. */
  async platformSecret(db: Database, name: string, make: () => Promise<Buffer> | Buffer): Promise<Buffer> {
    const find = () =>
      db.selectFrom('PlatformSecret').select('sealed').where('name', '=', name).executeTakeFirst();
    const known = await find();
    if (known !== undefined) return this.open(known.sealed, name);
    await db
      .insertInto('PlatformSecret')
      .values({ name, sealed: this.seal(await make(), name) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    // Of servers that start together one made it; all take that one.
    const made = await find();
    if (made === undefined) throw new Error(`platform secret ${name} was removed`);
    return this.open(made.sealed, name);
  }
}

function readKey(file: string): Buffer | undefined {
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

function createKey(file: string): Buffer {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(keyBytes).toString('hex')}\n`, { mode: 0o600, flush: true });
  try {
    // Whole or not at all, and never over the key of another server that started at the same moment.
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  const key = readKey(file);
  if (key === undefined) throw new Error(`master key ${file} was removed as soon as it was made`);
  return key;
}
