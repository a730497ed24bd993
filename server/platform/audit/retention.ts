import type { Database } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import type { AuditChain } from './chain.ts';
import { ChainWalk, sealedEvents } from './walk.ts';

/** Events that are old enough to go were meddled with. */
export class BrokenChain extends Error {
  override name = 'BrokenChain';
}

interface Partition {
  name: string;
  /** Nothing in it is younger. */
  until: Date;
}

/**
 * Removes the events before a moment and moves the chain's tail to the last of them, in one transaction: the chain
 * then begins behind it, without a gap.
 *
 * Partitions hold a month by `at`, but the chain has the order in which events were sealed, and around midnight of
 * the month's last day the two may differ by a few events. So what is removed is exactly the beginning of the chain:
 * every event before the first that is to be kept. A partition that then holds nothing more is dropped. An old event
 * that was sealed after that first one, and one that is not sealed yet, stays where it is until its turn.
 * They are verified first: nothing that shows that somebody meddled with the log is removed with it.
 * @returns how many events were removed
 * @throws BrokenChain, BrokenChainEnd
 */
export async function removeEventsBefore(db: Database, chain: AuditChain, moment: Date): Promise<number> {
  const old = (await partitions(db)).filter(({ until }) => until <= moment);
  if (old.length === 0) return 0;
  return db.transaction().execute(async (tx) => {
    const head = await chain.lockEnd(tx, 'head');
    const tail = await chain.lockEnd(tx, 'tail');
    const { rows } = await sql<{ seq: bigint | null }>`
      select min("seq") as "seq" from "AuditEvent" where "at" >= ${moment}`.execute(tx);
    const firstKept = rows[0]?.seq ?? head.seq + 1n;
    const walk = new ChainWalk(chain, tail);
    for await (const page of sealedEvents(tx, { below: firstKept })) {
      for (const event of page) {
        const found = walk.step(event);
        if (found !== undefined) throw new BrokenChain(found.message);
      }
    }
    await chain.moveEnd(tx, 'tail', walk.place);
    let removed = 0;
    for (const { name } of old) {
      const table = sql.table(name);
      const kept = await sql<{ isEmpty: boolean; events: bigint }>`
        select not exists (select 1 from ${table} where "seq" is null or "seq" >= ${firstKept}) as "isEmpty",
          (select count(*) from ${table} where "seq" < ${firstKept}) as "events"`.execute(tx);
      removed += Number(kept.rows[0]?.events ?? 0n);
      if (kept.rows[0]?.isEmpty) await sql`drop table ${table}`.execute(tx);
      else await sql`delete from ${table} where "seq" < ${firstKept}`.execute(tx);
    }
    return removed;
  });
}

/** The partitions of the audit log, with the ends of their months as PostgreSQL has them. */
async function partitions(db: Database): Promise<Partition[]> {
  const { rows } = await sql<Partition>`
    select c.relname as "name",
      (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \\(''([^'']+)''\\)'))[1]::timestamptz as "until"
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = to_regclass('"AuditEvent"') order by 2`.execute(db);
  return rows;
}
