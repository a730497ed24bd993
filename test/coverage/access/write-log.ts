import type { Database } from '@nephos/model/database.ts';
import { sql } from 'kysely';

/** What is written without anybody's asking, or by being asked at all: the pulse of servers and agents, feed and audit. */
const quietTables = [
  'AgentConnection',
  'Alert',
  'AuditChainEnd',
  'AuditEvent',
  'BusMessage',
  // How full all is is written down once an hour.
  'CapacitySample',
  'CapacityTrend',
  'Change',
  'ChangePending',
  // Days are summed up, and budgets judged, whenever a server comes to it.
  'BudgetAlert',
  'CostDay',
  'CostDayRun',
  'FreshSample',
  'HostCapacity',
  // Counters come with the samples of machines; what was counted is billed when it is due.
  'MachineRun',
  'SampleDay',
  'SampleHour',
  'ServerInstance',
  'StoragePoolCapacity',
  // What is metered is written to UsageEventPending; the sequencer takes it from there, whenever it comes to it.
  'UsageEvent',
];

/** Columns that tell when something was last heard of. */
const quietColumns = [
  'lastSeenAt',
  'lastUsedAt',
  'lastUsedAddress',
  'observedAt',
  'observedPower',
  'version',
  'updatedAt',
];

/** What a request left behind. */
export interface Traces {
  /** Rows that it wrote: `UPDATE VirtualMachine vm_…`. */
  writes: string[];
  /** Whether a mutation came to its end, before it was taken back. */
  isRehearsed: boolean;
}

/**
 * Notes every row that anybody writes, and has every mutation of a user taken back when it is about to be committed:
 * so each can be tried by everyone allowed, on the same things, and nothing is ever changed.
 */
export class WriteLog {
  readonly #db: Database;
  #rehearsals = 0n;

  private constructor(db: Database) {
    this.#db = db;
  }

  static async open(db: Database): Promise<WriteLog> {
    await sql`create schema access`.execute(db);
    await sql`create unlogged table access.write ("id" bigserial primary key, "what" text)`.execute(db);
    await sql`create sequence access.rehearsal`.execute(db);
    await sql`
      create function access.note() returns trigger language plpgsql as $$
      begin
        if tg_table_name = 'UsageEventPending' then
          -- The sequencer takes them; those that count come when they are due.
          if tg_op = 'DELETE' or new."attributes" ? 'quantity' then return null; end if;
        end if;
        if tg_op = 'UPDATE' and to_jsonb(old) - tg_argv = to_jsonb(new) - tg_argv then return null; end if;
        insert into access.write ("what")
          select concat_ws(' ', tg_op, tg_table_name, coalesce(t.row->>'id', left(t.row::text, 200)))
          from (select to_jsonb(coalesce(new, old)) as row) t;
        return null;
      end $$`.execute(db);
    // What a rolled-back transaction took from a sequence stays taken.
    await sql`
      create function access.rehearse() returns trigger language plpgsql as $$
      begin
        perform nextval('access.rehearsal');
        raise exception 'only rehearsed';
      end $$`.execute(db);
    const { rows } = await sql<{ name: string }>`
      select c."relname" as "name" from pg_class c where c."relnamespace" = 'public'::regnamespace
        and c."relkind" in ('r', 'p') and not c."relispartition" and c."relname" <> all(${quietTables})
        and c."relname" !~ '^_'`.execute(db);
    for (const { name } of rows) {
      await sql`create trigger access_note after insert or update or delete on ${sql.table(name)} for each row
        execute function access.note(${sql.join(quietColumns.map((column) => sql.lit(column)))})`.execute(db);
    }
    // Written last in every mutation's transaction.
    await sql`create trigger access_rehearse before insert on "AuditEvent" for each row
      when (new."outcome" = 'SUCCEEDED' and new."actorUserId" is not null)
      execute function access.rehearse()`.execute(db);
    return new WriteLog(db);
  }

  /** Lets mutations be carried out from now on. */
  async endRehearsals(): Promise<void> {
    await sql`drop trigger access_rehearse on "AuditEvent"`.execute(this.#db);
  }

  /** What happened since it was last asked. */
  async take(): Promise<Traces> {
    const { rows } = await sql<{ rehearsals: bigint; writes: string[] | null }>`
      with gone as (delete from access.write returning "id", "what")
      select (select case when "is_called" then "last_value" else 0 end from access.rehearsal) as "rehearsals",
        (select array_agg("what" order by "id") from gone) as "writes"`.execute(this.#db);
    const { rehearsals = 0n, writes = null } = rows[0] ?? {};
    const isRehearsed = rehearsals > this.#rehearsals;
    this.#rehearsals = rehearsals;
    return { writes: writes ?? [], isRehearsed };
  }
}
