import os from 'node:os';
import { hostAgentVariables } from '@nephos/model/configuration.ts';
import { ConfigurationError, readConfiguration } from '@nephos/model/kernel/configuration.ts';
import pino from 'pino';
import { startSimulator } from './simulator.ts';

async function start() {
  const configuration = readConfiguration(hostAgentVariables, process.env);
  const log = pino({ name: 'host-agent', level: configuration.NEPHOS_LOG_LEVEL });
  const common = {
    name: configuration.NEPHOS_AGENT_NAME || os.hostname(),
    serverUrl: configuration.NEPHOS_SERVER_URL,
    folder: configuration.NEPHOS_AGENT_FOLDER,
    tokenFile: configuration.NEPHOS_ENROLMENT_TOKEN_FILE,
    migration: { address: configuration.NEPHOS_MIGRATION_ADDRESS, port: configuration.NEPHOS_MIGRATION_PORT },
    log,
  };
  if (configuration.NEPHOS_DRIVER === 'simulator') {
    return startSimulator({
      ...common,
      hosts: configuration.NEPHOS_SIMULATED_HOSTS,
      cpuCores: configuration.NEPHOS_SIMULATED_CORES,
      memoryMib: configuration.NEPHOS_SIMULATED_MEMORY_MIB,
      time: configuration.NEPHOS_SIMULATED_TIME,
      state: configuration.NEPHOS_SIMULATED_STATE,
    });
  }
  // Loaded only where it is used: a simulator of ten thousand hosts has no need of it.
  const { startLibvirtHost } = await import('./drivers/libvirt/start.ts');
  return startLibvirtHost(configuration, common);
}

try {
  const running = await start();
  const stop = () => {
    void running.stop().finally(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.once('disconnect', stop);
} catch (error) {
  console.error(error instanceof ConfigurationError ? error.message : error);
  process.exit(1);
}
