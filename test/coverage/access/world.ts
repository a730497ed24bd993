import type { Database } from '@nephos/model/database.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { settingsCatalogue } from '@nephos/server/platform/settings/catalogue.ts';
import { ApiClient } from '../../support/api-client.ts';
import { createTestDatabase } from '../../support/database.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { makePrices, makeTerm } from '../../support/prices.ts';
import { makeDomainPolicy } from '../../support/purses.ts';
import { makeStatements } from '../../support/statements.ts';
import { createTestZone } from '../../support/zone.ts';
import { giveTheLike, makeMachineOf, makePapers } from './belongings.ts';
import { makeExport } from './exports.ts';
import { makeReserved } from './reserved.ts';
import { ownedRows } from './rows.ts';
import { makeCredentials, makeTenants, type Accounts } from './tenants.ts';
import type { Viewer } from './viewers.ts';
import { WriteLog } from './write-log.ts';

/** A cloud with tenants, a thing of every kind for each of them, and everyone who tries to get at them. */
export interface AccessWorld extends AsyncDisposable {
  server: TestServer;
  accounts: Accounts;
  clientOf(viewer: Viewer): ApiClient;
  /** Headers that say who asks. */
  credentialsOf(viewer: Viewer): Record<string, string>;
  log: WriteLog;
}

/**
 * Most of it is made as rows: what is tested here is who may see and do what, not how things come about. Nothing of it
 * changes from then on.
 */
export async function startAccessWorld(): Promise<AccessWorld> {
  await using made = new AsyncDisposableStack();
  const database = made.use(await createTestDatabase());
  await allowHaste(database.db);
  const server = made.use(await startTestServer({ database }));
  const zone = made.use(await createTestZone(server, { hosts: 1 }));
  const { db, admin, url } = server;
  const zoneId = parseId('Zone', zone.zoneId);
  const accounts = await makeTenants(db);
  const credentials = await makeCredentials(db, accounts);
  const clients = new Map([...credentials].map(([name, headers]) => [name, new ApiClient(url, headers)]));
  const { owner } = accounts;
  await makeMachineOf(db, owner, clients.get('owner')!, admin, zoneId);
  for (const [index, account] of Object.values(accounts).entries())
    await makeStatements(db, account, index + 1);
  for (const [name, account] of Object.entries(accounts)) {
    await makePapers(db, account, name, zoneId);
    const tariffId = await makePrices(db, account, name, zoneId);
    await makeExport(db, account);
    if (account === owner) continue;
    await giveTheLike(db, owner, account, { isPublic: name === 'rootAdmin' });
    // The owner's machine can be paid for in advance; all others are.
    for (const { id } of await ownedRows(db, 'VirtualMachine', account.accountId))
      await makeTerm(db, account.accountId, { virtualMachineId: id, tariffId });
  }
  await makeDomainPolicy(db, owner.domainId);
  await makeReserved(db, accounts, zoneId);
  const log = await WriteLog.open(db);
  const everything = made.move();
  return {
    server,
    accounts,
    clientOf: ({ name }) => clients.get(name)!,
    credentialsOf: ({ name }) => credentials.get(name)!,
    log,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

/** Lets everyone ask as fast as they can, and nobody look for anything that is the matter meanwhile. */
async function allowHaste(db: Database): Promise<void> {
  const rates = Object.keys(settingsCatalogue).filter((key) => /\.per\.(second|minute)\./.test(key));
  await db.insertInto('Setting').values({ key: 'alert.interval', value: '3600' }).execute();
  for (const key of rates) await db.insertInto('Setting').values({ key, value: '0' }).execute();
}
