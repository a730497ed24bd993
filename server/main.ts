import { serverVariables } from '@nephos/model/configuration.ts';
import { MigrationHistoryError, OldPostgresError } from '@nephos/model/migrate/apply.ts';
import { ConfigurationError, readConfiguration } from '@nephos/model/kernel/configuration.ts';
import { systemClock } from '@nephos/model/kernel/clock.ts';
import { startApplication } from './application.ts';
import { isDatabaseUnavailable } from './platform/database-errors.ts';
import { PlatformError } from './platform/errors.ts';
import { createLogger } from './platform/log.ts';

async function start() {
  const configuration = readConfiguration(serverVariables, process.env);
  const log = createLogger('server', configuration.NEPHOS_LOG_LEVEL);
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'));
  const application = await startApplication({
    databaseUrl: configuration.DATABASE_URL,
    databaseConnections: configuration.NEPHOS_DATABASE_CONNECTIONS,
    masterKeyFile: configuration.NEPHOS_MASTER_KEY_FILE,
    jobConcurrency: configuration.NEPHOS_JOB_CONCURRENCY,
    leaseSeconds: configuration.NEPHOS_LEASE_SECONDS,
    parkAt: configuration.NEPHOS_PARK_AT,
    clock: systemClock,
    log,
    listen: configuration.NEPHOS_LISTEN,
    httpPort: configuration.NEPHOS_HTTP_PORT,
    agentListen: configuration.NEPHOS_AGENT_LISTEN,
    agentPort: configuration.NEPHOS_AGENT_PORT,
    publicUrl: configuration.NEPHOS_PUBLIC_URL,
    agentPublicUrl: configuration.NEPHOS_AGENT_PUBLIC_URL,
    trustedProxies: configuration.NEPHOS_TRUSTED_PROXIES,
    consoleFolder: configuration.NEPHOS_CONSOLE_FOLDER,
    adminPassword: configuration.NEPHOS_ADMIN_PASSWORD,
    tokenFolder: configuration.NEPHOS_TOKEN_FOLDER,
    tokenUses: configuration.NEPHOS_TOKEN_USES,
  });
  const { httpPort, agentPort, setupLink } = application;
  log.info({ httpPort, agentPort }, 'serving');
  // To the launcher, when one started this process; the link must not stand in a log.
  process.send?.({ httpPort, agentPort, setupLink });
  if (process.send === undefined && setupLink !== undefined)
    console.error(`Set the admin's password: ${setupLink}`);

  let isStopping = false;
  const stop = (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    void application.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // A launcher that was killed leaves nobody to stop this process, and the port taken.
  process.on('disconnect', () => stop('disconnect'));
}

/** What the person who starts the server can mend, in words. */
function causeForPeople(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (isDatabaseUnavailable(error)) return `DATABASE_URL leads to no database that answers: ${error.message}`;
  const forPeople = [ConfigurationError, PlatformError, MigrationHistoryError, OldPostgresError];
  return forPeople.some((kind) => error instanceof kind) ? error.message : undefined;
}

try {
  await start();
} catch (error) {
  console.error(causeForPeople(error) ?? error);
  process.exit(1);
}
