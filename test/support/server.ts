import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock, type Clock } from '@nephos/model/kernel/clock.ts';
import type { Database } from '@nephos/model/database.ts';
import { startApplication, type Application } from '@nephos/server/application.ts';
import { createLogger } from '@nephos/server/platform/log.ts';
import { type ApiClient, signIn } from './api-client.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export const adminPassword = 'correct horse battery';

export interface TestServer extends AsyncDisposable {
  application: Application;
  url: string;
  agentUrl: string;
  /** Direct access, to compare what is stored with what is shown. */
  db: Database;
  databaseUrl: string;
  /** A folder of this server's own. */
  folder: string;
  admin: ApiClient;
  /** SQL statements so far. */
  statements(): number;
}

export interface TestServerOptions {
  clock?: Clock;
  database?: TestDatabase;
  leaseSeconds?: number;
  /** Most jobs at a time. */
  jobConcurrency?: number;
  consoleFolder?: string;
  /** Another server's, for a second one on its database; a new one when left out. */
  masterKeyFile?: string;
  /** Where the API is; loopback when left out. */
  listen?: string;
  /** Where agents connect; loopback when left out. */
  agentListen?: string;
  /** By which address agents are told to connect. */
  agentPublicUrl?: string;
  /** Networks whose `X-Forwarded-For` is believed. */
  trustedProxies?: string;
}

/** A management server in this process, on a database and ports of its own, spoken to over the wire. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const database = options.database ?? (await createTestDatabase());
  const folder = mkdtempSync(path.join(tmpdir(), 'nephos-test-'));
  let statements = 0;
  const application = await startApplication({
    databaseUrl: database.url,
    databaseConnections: 24,
    masterKeyFile: options.masterKeyFile ?? path.join(folder, 'master.key'),
    jobConcurrency: options.jobConcurrency ?? 200,
    leaseSeconds: options.leaseSeconds ?? 15,
    parkAt: '',
    clock: options.clock ?? systemClock,
    log: createLogger('server', process.env.NEPHOS_LOG_LEVEL ?? 'silent'),
    listen: options.listen ?? '127.0.0.1',
    httpPort: 0,
    agentListen: options.agentListen ?? '127.0.0.1',
    agentPort: 0,
    publicUrl: '',
    agentPublicUrl: options.agentPublicUrl ?? '',
    trustedProxies: options.trustedProxies ?? '',
    consoleFolder: options.consoleFolder ?? path.join(folder, 'no-console'),
    adminPassword,
    tokenFolder: path.join(folder, 'tokens'),
    tokenUses: 1,
    onStatement: () => statements++,
  });
  const url = `http://${options.listen ?? '127.0.0.1'}:${application.httpPort}`;
  const admin = await signIn(url, 'admin', adminPassword);
  return {
    application,
    url,
    agentUrl: `wss://${options.agentListen ?? '127.0.0.1'}:${application.agentPort}`,
    db: database.db,
    databaseUrl: database.url,
    folder,
    admin,
    statements: () => statements,
    async [Symbol.asyncDispose]() {
      await admin.close();
      await application.stop();
      if (options.database === undefined) await database[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
