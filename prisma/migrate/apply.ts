import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';

const migrationsFolder = path.join(import.meta.dirname, '..', 'migrations');

/** Prisma's own advisory lock for migrations, so that its engine and this runner never work at once. */
const prismaMigrationLock = 72707369;

interface Migration {
  name: string;
  script: string;
  checksum: string;
}

/** A database that this program must not touch: made by a newer one, or its history was edited. */
export class MigrationHistoryError extends Error {
  override name = 'MigrationHistoryError';
}

/** A PostgreSQL that is too old. */
export class OldPostgresError extends Error {
  override name = 'OldPostgresError';
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const script = await readFile(path.join(folder, name, 'migration.sql'), 'utf8');
      return { name, script, checksum: createHash('sha256').update(script).digest('hex') };
    }),
  );
}

async function readHistory(client: pg.Client): Promise<Map<string, string>> {
  // Column for column the table that Prisma's engine makes, so that either may go on where the other stopped.
  await client.query(`create table if not exists _prisma_migrations (
    id varchar(36) primary key not null, checksum varchar(64) not null, finished_at timestamptz,
    migration_name varchar(255) not null, logs text, rolled_back_at timestamptz,
    started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`);
  const { rows } = await client.query<{ migration_name: string; checksum: string }>(
    'select migration_name, checksum from _prisma_migrations where finished_at is not null and rolled_back_at is null',
  );
  return new Map(rows.map((row) => [row.migration_name, row.checksum]));
}

function refuseForeignHistory(history: Map<string, string>, migrations: Migration[]): void {
  const known = new Map(migrations.map(({ name, checksum }) => [name, checksum]));
  for (const [name, checksum] of history) {
    const expected = known.get(name);
    if (expected === undefined) {
      throw new MigrationHistoryError(
        `the database was migrated by a newer Nephos (migration ${name} is unknown here); start that version instead`,
      );
    }
    if (expected !== checksum) {
      throw new MigrationHistoryError(`migration ${name} was changed after it was applied to this database`);
    }
  }
}

/** The oldest that is supported; its own makers keep it up until November 2027. */
const oldestPostgres = 15;

/** @param versionNumber as in `server_version_num`: 150004 is 15.4 */
export function refuseOldPostgres(versionNumber: number): void {
  const version = `${Math.floor(versionNumber / 10_000)}.${versionNumber % 10_000}`;
  if (versionNumber < oldestPostgres * 10_000) {
    throw new OldPostgresError(
      `DATABASE_URL leads to PostgreSQL ${version}; Nephos needs ${oldestPostgres} or newer`,
    );
  }
}

async function applyOne(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(migration.script);
    await client.query(
      `insert into _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       values ($1, $2, $3, now(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`migration ${migration.name} failed and was rolled back`, { cause: error });
  }
}

/**
 * Brings a database to the newest schema. Each migration is one transaction; servers that start together
 * take turns by an advisory lock, so each migration runs once.
 * @returns names of the migrations that were applied now
 * @throws OldPostgresError
 * @throws MigrationHistoryError when the database's history is not a beginning of ours
 */
export async function applyMigrations(url: string, folder = migrationsFolder): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'nephos-migrate' });
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version_num: string }>('show server_version_num');
    refuseOldPostgres(Number(rows[0]?.server_version_num));
    await client.query('select pg_advisory_lock($1)', [prismaMigrationLock]);
    const migrations = await readMigrations(folder);
    const history = await readHistory(client);
    refuseForeignHistory(history, migrations);
    const missing = migrations.filter(({ name }) => !history.has(name));
    for (const migration of missing) await applyOne(client, migration);
    return missing.map(({ name }) => name);
  } finally {
    await client.end();
  }
}
