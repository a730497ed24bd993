import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '@nephos/model/kernel/clock.ts';
import { AuditChain } from '@nephos/server/platform/audit/chain.ts';
import { verifyChain } from '@nephos/server/platform/audit/verify.ts';
import { createLogger } from '@nephos/server/platform/log.ts';
import { Sealing } from '@nephos/server/platform/sealing.ts';
import { startPlatform, type RunningPlatform } from '@nephos/server/start-platform.ts';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';

let database: TestDatabase;
let folder: string;
let servers: RunningPlatform[];

beforeEach(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(path.join(tmpdir(), 'nephos-sealing-'));
  // At the same moment, so that both want to make the chain.
  servers = await Promise.all([start(), start()]);
});

afterEach(async () => {
  for (const server of servers) await server.stop();
  await database[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

function start(): Promise<RunningPlatform> {
  return startPlatform({
    databaseUrl: database.url,
    databaseConnections: 12,
    masterKeyFile: path.join(folder, 'master.key'),
    jobConcurrency: 1,
    leaseSeconds: 15,
    parkAt: '',
    clock: systemClock,
    log: createLogger('server', 'silent'),
  });
}

async function unsealed(): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from "AuditEvent" where "seq" is null`.execute(database.db);
  return rows[0]!.count;
}

async function verify() {
  const chain = await AuditChain.open(database.db, Sealing.fromFile(path.join(folder, 'master.key')));
  return verifyChain(database.db, chain, new Date());
}

const act = ({ platform }: RunningPlatform, index: number) =>
  platform.mutations.run({ action: 'test.act', actor: null, input: {} }, (mutation) => {
    mutation.concerns('Test', String(index));
    return Promise.resolve({});
  });

test('200 mutations at once on two servers are all in the chain, without a gap', async () => {
  await Promise.all(Array.from({ length: 200 }, (_, index) => act(servers[index % 2]!, index)));
  await eventually(unsealed, (count) => count === 0);
  const { rows } = await sql<{ numbers: bigint; first: bigint; last: bigint }>`
    select count(distinct "seq") as numbers, min("seq") as first, max("seq") as last from "AuditEvent"`.execute(
    database.db,
  );
  expect(rows[0]).toEqual({ numbers: 200n, first: 1n, last: 200n });
  expect(await verify()).toMatchObject({ events: 200, break: undefined });
});

test('the log can be verified while it is written', async () => {
  const writing = Promise.all(Array.from({ length: 100 }, (_, index) => act(servers[index % 2]!, index)));
  for (let round = 0; round < 5; round++) expect((await verify()).break).toBeUndefined();
  await writing;
});

test('a server that is stopped leaves nothing unsealed', async () => {
  const [stopped, other] = servers as [RunningPlatform, RunningPlatform];
  await act(stopped, 1);
  await other.stop();
  await stopped.stop();
  servers = [];
  expect(await unsealed()).toBe(0);
});
