// `npm start`: everything on one machine, on embedded defaults. Each part is a process of its own, kept running
// until Ctrl-C; what runs on the hypervisor is left running then, as it would be when a management server goes away.
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { launcherVariables } from '@nephos/model/configuration.ts';
import { ConfigurationError, readConfiguration } from '@nephos/model/kernel/configuration.ts';
import { Child, type ChildOptions } from './launch/child.ts';
import { DataFolderInUse, lockDataFolder, openDataFolder } from './launch/data-folder.ts';
import { LibvirtUnavailable, prepareHypervisor } from './launch/hypervisor.ts';
import { startDatabase } from './launch/database.ts';
import { untilPortIsFree } from './launch/ports.ts';

interface ServerReady {
  httpPort: number;
  agentPort: number;
  setupLink?: string;
}

/** Something that the person who starts Nephos can mend. */
class StartFailure extends Error {
  override name = 'StartFailure';
}

const say = (line: string) => console.log(line);
const startedAt = performance.now();
const readyMs = 120_000;

async function start(): Promise<() => Promise<void>> {
  const flags = new Set(process.argv.slice(2));
  const configuration = readConfiguration(launcherVariables, process.env);
  const data = openDataFolder(configuration.NEPHOS_DATA);
  const unlock = lockDataFolder(data);
  const stops: (() => Promise<void> | void)[] = [unlock];
  const stopAll = async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  try {
    const { NEPHOS_LISTEN: host, NEPHOS_HTTP_PORT, NEPHOS_AGENT_PORT } = configuration;
    await untilPortIsFree({ host, port: NEPHOS_HTTP_PORT, variable: 'NEPHOS_HTTP_PORT' });
    await untilPortIsFree({ host: '127.0.0.1', port: NEPHOS_AGENT_PORT, variable: 'NEPHOS_AGENT_PORT' });
    const [database, hypervisor] = await Promise.all([
      startDatabase(configuration.DATABASE_URL, data, say),
      prepareHypervisor({
        wanted: configuration.NEPHOS_DRIVER,
        dataFolder: data.root,
        mayInstall: !flags.has('--no-system'),
        say,
      }),
    ]);
    stops.push(() => database.stop());
    if (hypervisor.driver === 'libvirt') {
      stops.push(() => hypervisor.stop(flags.has('--stop-machines') ? 'destroy' : 'keep'));
    }
    say(`driver: ${hypervisor.driver} (${hypervisor.reason})`);

    const common = {
      NEPHOS_LOG_LEVEL: configuration.NEPHOS_LOG_LEVEL,
      NODE_COMPILE_CACHE: path.join(data.root, 'compile-cache'),
    };
    const child = (
      name: string,
      entry: string,
      env: Record<string, string>,
      heard?: Pick<ChildOptions, 'onMessage' | 'onFailure'>,
    ) => {
      const made = new Child({
        name,
        entry,
        env: { ...common, ...env },
        logFolder: data.logs,
        say,
        ...heard,
      });
      stops.push(() => made.stop());
      made.start();
      return made;
    };

    const ready = Promise.withResolvers<ServerReady>();
    const server = child(
      'server',
      'server/main.ts',
      {
        DATABASE_URL: database.url,
        NEPHOS_LISTEN: configuration.NEPHOS_LISTEN,
        NEPHOS_HTTP_PORT: String(configuration.NEPHOS_HTTP_PORT),
        NEPHOS_AGENT_PORT: String(configuration.NEPHOS_AGENT_PORT),
        NEPHOS_MASTER_KEY_FILE: data.masterKey,
        NEPHOS_TOKEN_FOLDER: data.tokens,
        NEPHOS_TOKEN_USES: String(configuration.NEPHOS_SIMULATED_HOSTS),
        NEPHOS_ADMIN_PASSWORD: configuration.NEPHOS_ADMIN_PASSWORD,
        NEPHOS_CONSOLE_FOLDER: path.join(import.meta.dirname, '..', 'console', 'build'),
      },
      {
        onMessage: (message) => ready.resolve(message as ServerReady),
        // What keeps it from starting the first time will not go away by itself.
        onFailure: (lastWords) => ready.reject(new StartFailure(`the server did not start: ${lastWords}`)),
      },
    );
    const { httpPort, agentPort, setupLink } = await within(
      ready.promise,
      `the server did not start; see ${server.logFile}`,
    );

    const agent = {
      NEPHOS_SERVER_URL: `wss://127.0.0.1:${agentPort}`,
      NEPHOS_VIRT_TYPE: configuration.NEPHOS_VIRT_TYPE,
    };
    child('storage-agent', 'agents/storage/main.ts', {
      ...agent,
      NEPHOS_AGENT_FOLDER: path.join(data.agents, 'storage'),
      NEPHOS_ENROLMENT_TOKEN_FILE: path.join(data.tokens, 'storage.token'),
    });
    child('host-agent', 'agents/host/main.ts', {
      ...agent,
      NEPHOS_AGENT_FOLDER: path.join(data.agents, 'host'),
      NEPHOS_ENROLMENT_TOKEN_FILE: path.join(data.tokens, 'host.token'),
      NEPHOS_RUN_FOLDER: path.join(data.run, 'host'),
      NEPHOS_DRIVER: hypervisor.driver,
      ...(hypervisor.driver === 'libvirt' && {
        NEPHOS_LIBVIRT_SOCKET: hypervisor.socketPath,
        NEPHOS_NETWORK_NAMESPACE: hypervisor.networkNamespace ?? '',
      }),
    });
    child('usage', 'usage/main.ts', {
      DATABASE_URL: database.url,
      NEPHOS_MASTER_KEY_FILE: data.masterKey,
      NEPHOS_EXPORT_FOLDER: data.exports,
    });

    const url = `http://${configuration.NEPHOS_LISTEN}:${httpPort}`;
    await within(untilReady(url), `${url}/readyz does not get green; see ${server.logFile}`);
    say(`data: ${data.root} (primary storage ${data.primary}, images ${data.images})`);
    if (setupLink !== undefined) say(`first start: set the password of user admin here, once: ${setupLink}`);
    say(
      `Nephos is ready at ${url} after ${((performance.now() - startedAt) / 1000).toFixed(1)} s; Ctrl-C stops it`,
    );
    return stopAll;
  } catch (error) {
    await stopAll();
    throw error;
  }
}

async function untilReady(url: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    if (response?.ok) return;
    await sleep(50);
  }
}

async function within<Result>(work: Promise<Result>, otherwise: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(otherwise)), readyMs);
  });
  return Promise.race([work, tooLate]).finally(() => clearTimeout(timer));
}

try {
  const stop = await start();
  let isStopping = false;
  const end = () => {
    if (isStopping) return;
    isStopping = true;
    say('\nstopping');
    void stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
} catch (error) {
  const forPeople = [StartFailure, ConfigurationError, DataFolderInUse, LibvirtUnavailable];
  const isForPeople = forPeople.some((kind) => error instanceof kind);
  console.error(isForPeople ? (error as Error).message : error);
  process.exit(1);
}
