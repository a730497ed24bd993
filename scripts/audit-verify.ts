// `npm run audit:verify`: follows the chain of audit events from its beginning to its end, while Nephos runs or not.
// On embedded defaults it looks where `npm start` keeps its data; otherwise in the DATABASE_URL that it is given.
// Ends with 1 when somebody changed, added or removed an event, and says which.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { auditVerifyVariables } from '@nephos/model/configuration.ts';
import { connectDatabase } from '@nephos/model/database.ts';
import { ConfigurationError, readConfiguration } from '@nephos/model/kernel/configuration.ts';
import { AuditChain } from '@nephos/server/platform/audit/chain.ts';
import { verifyChain, type ChainReport } from '@nephos/server/platform/audit/verify.ts';
import { Sealing } from '@nephos/server/platform/sealing.ts';
import { DataFolderInUse, openDataFolder } from './launch/data-folder.ts';
import { reachDatabase } from './launch/reach-database.ts';

/** Something that the person who asks can mend. */
class VerifyFailure extends Error {
  override name = 'VerifyFailure';
}

interface Place extends AsyncDisposable {
  url: string;
  masterKey: string;
}

async function findPlace(): Promise<Place> {
  const configuration = readConfiguration(auditVerifyVariables, process.env);
  const { NEPHOS_DATA: folder, DATABASE_URL: url } = configuration;
  const masterKey = configuration.NEPHOS_MASTER_KEY_FILE || path.join(folder, 'master.key');
  // Reading the key would make one where there is none.
  if (!existsSync(masterKey)) {
    throw new VerifyFailure(
      `there is no master key at ${path.resolve(masterKey)}: set NEPHOS_DATA to the folder of npm start, or DATABASE_URL and NEPHOS_MASTER_KEY_FILE to what the servers have`,
    );
  }
  const database =
    url === '' ? await reachDatabase(openDataFolder(folder)) : { url, stop: () => Promise.resolve() };
  return { url: database.url, masterKey, [Symbol.asyncDispose]: () => database.stop() };
}

async function verify(): Promise<ChainReport> {
  await using found = await findPlace();
  const connection = connectDatabase({ url: found.url, maxConnections: 1, applicationName: 'nephos-audit' });
  try {
    const chain = await AuditChain.find(connection.db, Sealing.fromFile(found.masterKey));
    if (chain === undefined)
      throw new VerifyFailure('there is no audit chain: no server ran on this database yet');
    return await verifyChain(connection.db, chain, new Date());
  } finally {
    await connection.close();
  }
}

function tell({ events, from, to, head, break: broken }: ChainReport): void {
  const span = from && to ? `, from ${from.toISOString()} to ${to.toISOString()}` : '';
  console.log(`${events} ${events === 1 ? 'event follows' : 'events follow'} each other${span}`);
  if (head !== undefined) console.log(`head: event ${head.seq}, ${head.hash.toString('hex')}`);
  if (broken === undefined) console.log('the audit log is whole');
  else console.error(`THE AUDIT LOG IS NOT WHOLE: ${broken.message}`);
}

try {
  const report = await verify();
  tell(report);
  process.exitCode = report.break === undefined ? 0 : 1;
} catch (error) {
  const forPeople = [VerifyFailure, ConfigurationError, DataFolderInUse];
  console.error(forPeople.some((kind) => error instanceof kind) ? (error as Error).message : error);
  process.exitCode = 2;
}
