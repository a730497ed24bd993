import { createHmac, randomBytes } from 'node:crypto';
import type { Database, Transaction } from '@nephos/model/database.ts';
import { sql, type RawBuilder } from 'kysely';
import type { Sealing } from '../sealing.ts';

/**
 * Audit events form a chain: each is numbered without gaps, and its hash is an HMAC over itself and the hash of the
 * one before it. Two rows hold the ends, each with an HMAC of its own: `head`, the last event that was sealed, and
 * `tail`, the last that retention removed. The key is sealed with the master key, so that who can write to the
 * database, but has no master key, can neither change, remove, add nor move a sealed event without a trace. What the
 * chain cannot tell: events forged before they are sealed, and a whole database put back to an earlier state.
 */

const secretName = 'audit-chain';
const keyBytes = 32;

/** An event as its hash covers it. Every column takes part, `details` as PostgreSQL itself writes it. */
export interface SealableEvent {
  id: string;
  at: Date;
  action: string;
  outcome: string;
  actorUserId: string | null;
  actorName: string;
  sessionId: string | null;
  apiKeyId: string | null;
  accountId: string | null;
  clientAddress: string | null;
  targetKind: string | null;
  targetId: string | null;
  jobId: string | null;
  traceId: string;
  details: string | null;
}

/** An event in the chain. */
export interface SealedEvent extends SealableEvent {
  seq: bigint;
  hash: Buffer;
}

/** A place in the chain: that of its last event, or of the last one that is gone. */
export interface ChainPlace {
  seq: bigint;
  hash: Buffer;
}

interface StoredEnd extends ChainPlace {
  mac: Buffer;
}

export type ChainEndName = 'head' | 'tail';

/** The columns that a hash covers, for a `select` of events. */
export const sealableColumns = sql`"id", "at", "action", "outcome", "actorUserId", "actorName", "sessionId", "apiKeyId",
  "accountId", "clientAddress", "targetKind", "targetId", "jobId", "traceId", "details"::text as "details"`;

/** Before the first event. */
const beginning: ChainPlace = { seq: 0n, hash: Buffer.alloc(32) };

/** An end of the chain is not what Nephos wrote: someone else did. */
export class BrokenChainEnd extends Error {
  override name = 'BrokenChainEnd';
}

/** Makes and checks the hashes. Whoever has one has the key. */
export class AuditChain {
  readonly #key: Buffer;

  private constructor(key: Buffer) {
    this.#key = key;
  }

  /**
   * With the key of this installation. The key and both ends are made together, once: ends that are missing where
   * there is a key were removed, and are not made again.
   */
  static async open(db: Database, sealing: Sealing): Promise<AuditChain> {
    return db.transaction().execute(async (tx) => {
      await sql`select pg_advisory_xact_lock(hashtext('nephos audit chain'))`.execute(tx);
      const known = await AuditChain.find(tx, sealing);
      if (known !== undefined) return known;
      const made = await sealing.platformSecret(tx, secretName, () => randomBytes(keyBytes));
      const chain = new AuditChain(made);
      await chain.#insertEnd(tx, 'tail', beginning);
      await chain.#insertEnd(tx, 'head', beginning);
      return chain;
    });
  }

  /** @returns `undefined` where no server ever ran */
  static async find(db: Database | Transaction, sealing: Sealing): Promise<AuditChain | undefined> {
    const known = await db
      .selectFrom('PlatformSecret')
      .select('sealed')
      .where('name', '=', secretName)
      .executeTakeFirst();
    return known && new AuditChain(sealing.open(known.sealed, secretName));
  }

  hashOf(previous: Buffer, seq: bigint, event: SealableEvent): Buffer {
    // In this order for ever: another order is another hash.
    const content = JSON.stringify([
      seq.toString(),
      event.id,
      event.at.toISOString(),
      event.action,
      event.outcome,
      event.actorUserId,
      event.actorName,
      event.sessionId,
      event.apiKeyId,
      event.accountId,
      event.clientAddress,
      event.targetKind,
      event.targetId,
      event.jobId,
      event.traceId,
      event.details,
    ]);
    return createHmac('sha256', this.#key).update(previous).update(content).digest();
  }

  /** One end of the chain. @throws BrokenChainEnd when it was removed or changed */
  async readEnd(tx: Transaction, name: ChainEndName): Promise<ChainPlace> {
    return this.#checked(name, await this.#find(tx, name, sql``));
  }

  /** One end of the chain; nobody else moves it before the transaction ends. @throws BrokenChainEnd */
  async lockEnd(tx: Transaction, name: ChainEndName): Promise<ChainPlace> {
    return this.#checked(name, await this.#find(tx, name, sql`for update`));
  }

  /** Like {@link lockEnd}, but does not wait for others. @returns `undefined` while another has it */
  async tryLockEnd(tx: Transaction, name: ChainEndName): Promise<ChainPlace | undefined> {
    const locked = await this.#find(tx, name, sql`for update skip locked`);
    if (locked !== undefined) return this.#checked(name, locked);
    await this.readEnd(tx, name);
    return undefined;
  }

  async moveEnd(tx: Transaction, name: ChainEndName, place: ChainPlace): Promise<void> {
    const { seq, hash } = place;
    await tx
      .updateTable('AuditChainEnd')
      .set({ seq, hash, mac: this.#macOf(name, place) })
      .where('name', '=', name)
      .execute();
  }

  async #insertEnd(tx: Transaction, name: ChainEndName, place: ChainPlace): Promise<void> {
    await tx
      .insertInto('AuditChainEnd')
      .values({ name, ...place, mac: this.#macOf(name, place) })
      .execute();
  }

  async #find(
    tx: Transaction,
    name: ChainEndName,
    lock: RawBuilder<unknown>,
  ): Promise<StoredEnd | undefined> {
    const { rows } = await sql<StoredEnd>`
      select "seq", "hash", "mac" from "AuditChainEnd" where "name" = ${name} ${lock}`.execute(tx);
    return rows[0];
  }

  #checked(name: ChainEndName, end: StoredEnd | undefined): ChainPlace {
    if (end === undefined) throw new BrokenChainEnd(`the ${name} of the audit chain was removed`);
    if (!this.#macOf(name, end).equals(end.mac))
      throw new BrokenChainEnd(`the ${name} of the audit chain was changed`);
    return { seq: end.seq, hash: end.hash };
  }

  #macOf(name: ChainEndName, { seq, hash }: ChainPlace): Buffer {
    return createHmac('sha256', this.#key).update(`${name} ${seq} `).update(hash).digest();
  }
}
