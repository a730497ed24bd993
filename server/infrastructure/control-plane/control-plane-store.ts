import type { Database, Row } from '@nephos/model/database.ts';
import { sql } from 'kysely';

/** A management server, with what is leased to it. */
export interface ServerRow extends Row<'ServerInstance'> {
  isAlive: boolean;
  agents: number;
  jobs: number;
  isNumbering: boolean;
}

/** What the usage daemon did last. */
export interface UsageRow {
  isRunning: boolean;
  costsUntil: Date | null;
  periodEndsAt: Date | null;
  closedAt: Date | null;
}

/** The database that everything stands in. */
export interface DatabaseRow {
  version: string;
  sizeBytes: bigint;
  connections: number;
  connectionsMost: number;
}

/** A session lock that is named by one number, as `pg_locks` shows it. */
const sessionLock = (alias: string) =>
  sql`${sql.ref(`${alias}.locktype`)} = 'advisory' and ${sql.ref(`${alias}.granted`)}
    and ${sql.ref(`${alias}.objsubid`)} = 1
    and ${sql.ref(`${alias}.database`)} = (select "oid" from pg_database where "datname" = current_database())
    and (${sql.ref(`${alias}.classid`)}::bigint << 32 | ${sql.ref(`${alias}.objid`)}::bigint)`;

const sequencerLock = 4_105_130_001;
const usageLock = 4_105_130_003;

/** Servers that are, or lately were, alive. The one that numbers changes names itself to the database. */
export async function readServers(db: Database): Promise<ServerRow[]> {
  const { rows } = await sql<ServerRow>`
    select s.*, s."leaseUntil" > now() as "isAlive",
      (select count(*)::int from "AgentConnection" a where a."serverId" = s."id") as "agents",
      (select count(*)::int from "Job" j where j."leaseServerId" = s."id" and j."finishedAt" is null) as "jobs",
      exists (
        select from pg_locks l join pg_stat_activity p on p."pid" = l."pid"
        where ${sessionLock('l')} = ${sequencerLock} and p."application_name" = 'nephos-sequencer ' || s."id"
      ) as "isNumbering"
    from "ServerInstance" s order by s."startedAt", s."id"`.execute(db);
  return rows;
}

export async function readUsage(db: Database): Promise<UsageRow> {
  const { rows } = await sql<UsageRow>`
    select exists (select from pg_locks l where ${sessionLock('l')} = ${usageLock}) as "isRunning",
      (select "asOf" from "LiveCostRun" limit 1) as "costsUntil", last."endsAt" as "periodEndsAt", last."closedAt"
    from (select 1) as one
    left join (select "endsAt", "closedAt" from "UsagePeriod" order by "startsAt" desc limit 1) as last on true`.execute(
    db,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a row without a condition is missing');
  return row;
}

export async function readDatabase(db: Database): Promise<DatabaseRow> {
  const { rows } = await sql<DatabaseRow>`
    select current_setting('server_version') as "version", pg_database_size(current_database()) as "sizeBytes",
      (select count(*)::int from pg_stat_activity where "datname" = current_database()) as "connections",
      current_setting('max_connections')::int as "connectionsMost"`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('a row without a condition is missing');
  return row;
}
