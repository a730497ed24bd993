import { protocolVersion, type HelloAnswer } from '@nephos/agent-protocol/reports.ts';
import { Agent } from '@nephos/agent-runtime/agent.ts';
import type { Logger } from 'pino';
import { hostCommandHandlers } from './command-handlers.ts';
import { EventTeller } from './event-teller.ts';
import type { HostDriver } from './driver.ts';

export const softwareVersion = '0.1.0';

export interface HostAgentOptions {
  driver: HostDriver;
  name: string;
  serverUrl: string;
  folder: string;
  tokenFile: string;
  log: Logger;
}

/** The agent of one hypervisor host: a driver on one side, the server on the other. */
export class HostAgent {
  readonly #driver: HostDriver;
  #agent: Agent | undefined;
  #sampling: NodeJS.Timeout | undefined;
  #unwatch: () => void = () => undefined;
  readonly #events = new EventTeller(async (report) => {
    if (this.#agent === undefined) throw new Error('the agent is not there yet');
    await this.#agent.link.call('machineChanged', report);
  });

  private constructor(driver: HostDriver) {
    this.#driver = driver;
  }

  static async start(options: HostAgentOptions): Promise<HostAgent> {
    const { driver, name, log } = options;
    const host = new HostAgent(driver);
    host.#agent = await Agent.start({
      kind: 'HOST',
      name,
      serverUrl: options.serverUrl,
      folder: options.folder,
      tokenFile: options.tokenFile,
      log,
      commands: hostCommandHandlers(driver),
      requests: {
        'statistics.read': async ({ machineIds }) => ({ counters: await driver.readCounters(machineIds) }),
        'machine.observe': ({ machineId }) => driver.observeMachine(machineId),
        'console.open': async ({ machineId, tunnelId }) => {
          await host.#agent?.openTunnel(tunnelId, await driver.openConsole(machineId));
          return {};
        },
      },
      hello: async () => ({
        protocol: protocolVersion,
        softwareVersion,
        kind: 'HOST',
        name,
        host: { facts: await driver.facts(), ...(await driver.inventory()) },
      }),
      onUp: (answer) => {
        host.#events.tellAll();
        host.#startSampling(answer, log);
      },
      onDown: () => clearInterval(host.#sampling),
    });
    host.#unwatch = driver.onMachineEvent((event) => host.#events.tell(event));
    return host;
  }

  /** Reads all counters and reports them. @returns milliseconds that it took */
  async sample(): Promise<number> {
    const started = performance.now();
    const counters = await this.#driver.readCounters();
    if (counters.length > 0) await this.#agent?.link.call('statistics', { counters });
    return performance.now() - started;
  }

  /** Leaves the server; the driver stays open, its machines run on. */
  async stop(): Promise<void> {
    clearInterval(this.#sampling);
    this.#unwatch();
    this.#events.close();
    await this.#agent?.stop();
  }

  #startSampling({ statisticsSeconds }: HelloAnswer, log: Logger): void {
    clearInterval(this.#sampling);
    this.#sampling = setInterval(() => {
      this.sample().catch((error: unknown) => log.warn({ err: error }, 'statistics could not be reported'));
    }, statisticsSeconds * 1000);
  }
}
