import { hostname } from 'node:os';
import type { Database } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import type { Logger } from '../log.ts';

/** Of the management server's program. */
const softwareVersion = '0.1.0';

export interface ServerInstanceOptions {
  db: Database;
  leaseSeconds: number;
  log: Logger;
}

/** Servers in this very process: several, when a test runs a cluster. */
const ofThisProcess = new Set<string>();

/**
 * This process among the management servers: a row whose lease it renews. What is leased to it (jobs, agent
 * connections) is free for others once the lease ran out. The database's clock decides, so servers' clocks need not agree.
 */
export class ServerInstance {
  readonly id: Id<'ServerInstance'>;
  readonly #options: ServerInstanceOptions;
  readonly #takenForDead: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ServerInstanceOptions) {
    this.id = newId('ServerInstance');
    ofThisProcess.add(this.id);
    this.#options = options;
  }

  async start(): Promise<void> {
    const { db, leaseSeconds } = this.#options;
    await this.#endDeadNeighbours();
    await db.insertInto('ServerInstance').values(this.#row()).execute();
    this.#timer = setInterval(() => void this.#renew(), (leaseSeconds * 1000) / 4);
  }

  /** Called when the lease had run out before it was renewed: what was leased to this server may be another's. */
  onTakenForDead(handler: () => void): void {
    this.#takenForDead.push(handler);
  }

  /** Gives up everything that is leased to this server at once. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#options.db.deleteFrom('ServerInstance').where('id', '=', this.id).execute();
  }

  async #renew(): Promise<void> {
    const { db, leaseSeconds, log } = this.#options;
    try {
      const { wasAlive } = await db
        .insertInto('ServerInstance')
        .values(this.#row())
        // Inserted anew if another server took this one for dead: what it held went to others, fenced by attempt.
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ leaseUntil: leaseEnd(leaseSeconds) }))
        // Of the row as it was before this statement.
        .returning(isAlive(this.id).as('wasAlive'))
        .executeTakeFirstOrThrow();
      if (wasAlive) return;
      log.warn('the lease of this server had run out');
      for (const handler of this.#takenForDead) handler();
    } catch (error) {
      log.warn({ err: error }, 'server lease could not be renewed');
    }
  }

  #row() {
    return {
      id: this.id,
      hostname: hostname(),
      pid: process.pid,
      softwareVersion,
      leaseUntil: leaseEnd(this.#options.leaseSeconds),
    };
  }

  /** A server that ran on this machine and whose process is gone need not be waited for. */
  async #endDeadNeighbours(): Promise<void> {
    const { db, log } = this.#options;
    const neighbours = await db
      .selectFrom('ServerInstance')
      .select(['id', 'pid'])
      .where('hostname', '=', hostname())
      .execute();
    const dead = neighbours.filter(isGone).map(({ id }) => id);
    const expired = sql<boolean>`"leaseUntil" < now() - interval '1 day'`;
    await db
      .deleteFrom('ServerInstance')
      .where((where) =>
        where.or([where('id', 'in', dead.length > 0 ? dead : ['' as Id<'ServerInstance'>]), expired]),
      )
      .execute();
    if (dead.length > 0) log.info({ servers: dead }, 'servers of this machine that ended without a word');
  }
}

function leaseEnd(leaseSeconds: number) {
  return sql<Date>`now() + make_interval(secs => ${leaseSeconds})`;
}

function isGone({ id, pid }: { id: string; pid: number }): boolean {
  // The same number as ours, and not ours: it was given out again.
  if (pid === process.pid) return !ofThisProcess.has(id);
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EPERM';
  }
}

/** SQL that is true while the server named by a column is alive. */
export function isAliveServer(column: string) {
  return isAlive(sql.ref(column));
}

function isAlive(serverId: unknown) {
  return sql<boolean>`exists (select 1 from "ServerInstance" s where s."id" = ${serverId} and s."leaseUntil" > now())`;
}
