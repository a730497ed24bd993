import os from 'node:os';
import { storageAgentVariables } from '@nephos/model/configuration.ts';
import { ConfigurationError, readConfiguration } from '@nephos/model/kernel/configuration.ts';
import pino from 'pino';
import { startStorageAgent } from './storage-agent.ts';

try {
  const configuration = readConfiguration(storageAgentVariables, process.env);
  const agent = await startStorageAgent({
    name: configuration.NEPHOS_AGENT_NAME || os.hostname(),
    serverUrl: configuration.NEPHOS_SERVER_URL,
    folder: configuration.NEPHOS_AGENT_FOLDER,
    tokenFile: configuration.NEPHOS_ENROLMENT_TOKEN_FILE,
    log: pino({ name: 'storage-agent', level: configuration.NEPHOS_LOG_LEVEL }),
  });
  const stop = () => {
    void agent.stop().finally(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.once('disconnect', stop);
} catch (error) {
  console.error(error instanceof ConfigurationError ? error.message : error);
  process.exit(1);
}
