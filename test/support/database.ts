import { randomBytes } from 'node:crypto';
import { connectDatabase, type Database } from '@nephos/model/database.ts';
import pg from 'pg';
import { inject } from 'vitest';
import { templateDatabase } from './global-postgres.ts';

export interface TestDatabase extends AsyncDisposable {
  url: string;
  db: Database;
}

async function maintain(text: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** A database of one's own with all migrations applied, gone when the test is done with it. */
export function createTestDatabase(): Promise<TestDatabase> {
  return createDatabase(`template ${templateDatabase}`);
}

/** A database that is as another is now. Whoever is connected to that one is cut off. */
export async function copyTestDatabase({ url }: TestDatabase): Promise<TestDatabase> {
  const [, name] = /\/(test_[0-9a-f]+)\?/.exec(url) ?? [];
  if (name === undefined) throw new Error('not the address of a test database');
  await maintain(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
  return createDatabase(`template ${name}`);
}

/** A database without any table. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase('');
}

async function createDatabase(options: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await maintain(`create database ${name} ${options}`);
  const url = inject('postgresUrl').replace('/postgres?', `/${name}?`);
  const connection = connectDatabase({ url, maxConnections: 4, applicationName: 'test' });
  return {
    url,
    db: connection.db,
    async [Symbol.asyncDispose]() {
      await connection.close();
      await maintain(`drop database ${name} with (force)`);
    },
  };
}
