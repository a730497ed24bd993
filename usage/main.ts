import { usageVariables } from '@nephos/model/configuration.ts';
import { connectDatabase } from '@nephos/model/database.ts';
import { ConfigurationError, readConfiguration } from '@nephos/model/kernel/configuration.ts';
import pino from 'pino';
import { UsageDaemon } from './daemon.ts';

const connections = 4;

try {
  const configuration = readConfiguration(usageVariables, process.env);
  const log = pino({ name: 'usage', level: configuration.NEPHOS_LOG_LEVEL });
  const databaseUrl = configuration.DATABASE_URL;
  const database = connectDatabase({
    url: databaseUrl,
    maxConnections: connections,
    applicationName: 'nephos-usage',
  });
  const daemon = new UsageDaemon({
    databaseUrl,
    db: database.db,
    log,
    parkAt: configuration.NEPHOS_PARK_AT,
    exportFolder: configuration.NEPHOS_EXPORT_FOLDER,
    masterKeyFile: configuration.NEPHOS_MASTER_KEY_FILE,
  });
  daemon.start();
  const stop = () => {
    void daemon
      .stop()
      .then(() => database.close())
      .finally(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.once('disconnect', stop);
} catch (error) {
  console.error(error instanceof ConfigurationError ? error.message : error);
  process.exit(1);
}
