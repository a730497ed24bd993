import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Database } from '@nephos/model/database.ts';
import { keyBytes, readMasterKey, seal, unseal } from '@nephos/model/kernel/seal.ts';

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
    return new Sealing(readMasterKey(file) ?? createKey(file));
  }

  /** `context` binds the sealed bytes to their place: opened elsewhere they are refused. */
  seal(plain: Buffer, context: string): Buffer {
    return seal(this.#key, plain, context);
  }

  /** @throws Error when the bytes were not sealed with this key for this context */
  open(sealed: Buffer, context: string): Buffer {
    return unseal(this.#key, sealed, context);
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
  const key = readMasterKey(file);
  if (key === undefined) throw new Error(`master key ${file} was removed as soon as it was made`);
  return key;
}
