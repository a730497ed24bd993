import { createHash } from 'node:crypto';
import {
  Kysely,
  PostgresDialect,
  type Insertable,
  type Selectable,
  type Transaction as KyselyTransaction,
  type Updateable,
} from 'kysely';
import pg from 'pg';
import type { Tables } from './generated/tables.ts';

/** Typed SQL over the tables of the Prisma schema. */
export type Database = Kysely<Tables>;
/** A {@link Database} inside one transaction. */
export type Transaction = KyselyTransaction<Tables>;
/** A row as it is read. */
export type Row<Table extends keyof Tables> = Selectable<Tables[Table]>;
/** A row as it is inserted: what has a default may be left out. */
export type NewRow<Table extends keyof Tables> = Insertable<Tables[Table]>;
/** Columns of a row to be changed. */
export type RowChange<Table extends keyof Tables> = Updateable<Tables[Table]>;

/** What a connection pool tells whoever watches it. */
export interface DatabaseObserver {
  /** After each statement, those that failed too. */
  statement?(text: string, milliseconds: number): void;
  /** After something that may have written was committed. */
  committed?(): void;
}

export interface DatabaseOptions {
  /** `postgresql://…`; a `host` parameter may name the folder of a unix socket. */
  url: string;
  maxConnections: number;
  /** Shown by PostgreSQL in `pg_stat_activity`. */
  applicationName: string;
  observer?: DatabaseObserver;
}

export interface DatabaseConnection {
  db: Database;
  pool: pg.Pool;
  /** Waits for statements under way, then closes all connections. */
  close(): Promise<void>;
}

const types = new pg.TypeOverrides();
// Sizes are 64 bits wide; the driver's own default, text, would compile and then compare wrongly.
types.setTypeParser(pg.types.builtins.INT8, BigInt);
/** PostgreSQL's number of the type `bigint[]`. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the driver's list names no types of arrays
const int8Array = 1016 as typeof pg.types.builtins.INT8;
const readTexts = pg.types.getTypeParser(int8Array, 'text') as (text: string) => string[];
types.setTypeParser(int8Array, (text: string) => readTexts(text).map((each) => BigInt(each)));

interface StatementFacts {
  /** Name under which PostgreSQL keeps the plan; absent for statements that are not worth one. */
  name: string | undefined;
  writes: boolean;
}

const plannable = /^\s*(select|insert|update|delete|with)\b/i;
const writing = /\b(insert|update|delete)\b/i;
/** Texts beyond this many are built from varying input; keeping plans for them would only fill memory. */
const mostStatements = 1000;
const knownStatements = new Map<string, StatementFacts>();

function factsOf(text: string): StatementFacts {
  const known = knownStatements.get(text);
  if (known !== undefined) return known;
  const isPlannable = plannable.test(text) && knownStatements.size < mostStatements;
  const facts = {
    name: isPlannable ? createHash('sha1').update(text).digest('base64url') : undefined,
    writes: writing.test(text),
  };
  if (isPlannable) knownStatements.set(text, facts);
  return facts;
}

/** One pooled connection as Kysely sees it: statements are prepared once, and commits are noticed. */
class ObservedClient {
  readonly #client: pg.PoolClient;
  readonly #observer: DatabaseObserver;
  #inTransaction = false;
  #wrote = false;

  constructor(client: pg.PoolClient, observer: DatabaseObserver) {
    this.#client = client;
    this.#observer = observer;
  }

  async query(text: string, values: readonly unknown[]): Promise<pg.QueryResult> {
    const { name, writes } = factsOf(text);
    const started = performance.now();
    try {
      const config = { text, values: values as unknown[], types, ...(name === undefined ? {} : { name }) };
      const result = await this.#client.query(config);
      this.#follow(text, writes);
      return result;
    } finally {
      this.#observer.statement?.(text, performance.now() - started);
    }
  }

  release(discard?: Error | boolean): void {
    this.#client.release(discard);
  }

  #follow(text: string, writes: boolean): void {
    if (writes) this.#wrote = true;
    if (text === 'begin' || text.startsWith('start transaction')) this.#inTransaction = true;
    if (text === 'commit' || text === 'rollback') this.#inTransaction = false;
    if (this.#inTransaction || !this.#wrote) return;
    this.#wrote = false;
    if (text !== 'rollback') this.#observer.committed?.();
  }
}

/** Opens a pool; connections are made when they are first needed. */
export function connectDatabase(options: DatabaseOptions): DatabaseConnection {
  const observer = options.observer ?? {};
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections,
    application_name: options.applicationName,
    // Compiling to machine code pays for reports of minutes, and costs every short statement tens of milliseconds.
    options: '-c jit=off',
    idleTimeoutMillis: 60_000,
    keepAlive: true,
  });
  // A connection that breaks while idle is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  const observed = new WeakMap<pg.PoolClient, ObservedClient>();
  const connect = async () => {
    const client = await pool.connect();
    const known = observed.get(client);
    if (known !== undefined) return known as unknown as pg.PoolClient;
    // The pool listens only while it has the connection; one that breaks in use would end the process. Whoever uses it
    // is told by the statement that fails.
    client.on('error', () => undefined);
    const made = new ObservedClient(client, observer);
    observed.set(client, made);
    return made as unknown as pg.PoolClient;
  };
  const dialect = new PostgresDialect({ pool: { connect, end: () => pool.end(), options: pool.options } });
  const db = new Kysely<Tables>({ dialect });
  return { db, pool, close: () => db.destroy() };
}
