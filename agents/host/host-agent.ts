import { protocolVersion } from '@nephos/agent-protocol/reports.ts';
import { Agent } from '@nephos/agent-runtime/agent.ts';
import { PeerListener } from '@nephos/agent-runtime/peer/peer-listener.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { Logger } from 'pino';
import { hostCommandHandlers } from './command-handlers.ts';
import { EventTeller } from './event-teller.ts';
import type { HostDriver } from './driver.ts';
import { InventoryTeller } from './inventory-teller.ts';
import { migrationCommandHandlers } from './migration/migration-handlers.ts';
import { onReachableHost } from './reachable-host.ts';
import { readingLast } from './last-readings.ts';
import { Sampler } from './sampler.ts';
import { SerialConsoles } from './serial-consoles.ts';

/** Which build this is; put in by the bundler (server/infrastructure/host-installation), absent in a checkout. */
declare const nephosBuild: string | undefined;

export const softwareVersion = typeof nephosBuild === 'undefined' ? '0.1.0' : `0.1.0+${nephosBuild}`;

export interface HostAgentOptions {
  driver: HostDriver;
  name: string;
  serverUrl: string;
  folder: string;
  tokenFile: string;
  /** Where other hosts bring machines to. */
  migration: {
    /** Empty: this host's address on its connection to the server. */
    address: string;
    /** 0: any that is free. */
    port: number;
  };
  log: Logger;
}

/** Nobody comes with a machine that late; the server asks again. */
const expectMs = 5 * 60_000;
/** Once a machine has come: for a source that did not hear so, to ask. */
const lastWordsMs = 15_000;

/** The agent of one hypervisor host: a driver on one side, the server on the other. */
export class HostAgent {
  readonly #peers: PeerListener;
  #agent: Agent | undefined;
  readonly #sampler: Sampler;
  readonly #inventory: InventoryTeller;
  readonly #serialConsoles = new SerialConsoles();
  #unwatch: () => void = () => undefined;
  readonly #events = new EventTeller(async (report) => {
    await this.#link.call('machineChanged', report);
  });

  readonly #log: Logger;

  private constructor({ driver, migration, log }: HostAgentOptions) {
    this.#log = log;
    this.#sampler = new Sampler({
      driver,
      report: (statistics) => this.#link.call('statistics', statistics),
      log,
    });
    this.#inventory = new InventoryTeller({
      driver,
      report: (report) => this.#link.call('inventoryChanged', report),
      log,
    });
    this.#peers = new PeerListener({
      identity: () => this.#link.identity,
      address: () => migration.address || (this.#link.localAddress ?? '127.0.0.1'),
      port: migration.port,
      idleMs: expectMs,
      lastWordsMs,
      log,
    });
  }

  static async start(options: HostAgentOptions): Promise<HostAgent> {
    const { driver, name, log } = options;
    const host = new HostAgent(options);
    host.#agent = await Agent.start({
      kind: 'HOST',
      name,
      serverUrl: options.serverUrl,
      folder: options.folder,
      tokenFile: options.tokenFile,
      log,
      commands: onReachableHost(driver, {
        ...readingLast(hostCommandHandlers(driver), (machineId) => host.#readLast(machineId)),
        ...migrationCommandHandlers({
          driver,
          peers: host.#peers,
          identity: () => host.#link.identity,
          log,
        }),
      }),
      requests: {
        'statistics.read': async ({ machineIds }) => ({
          readAtMilliseconds: performance.now(),
          counters: await driver.readCounters(machineIds),
        }),
        'statistics.readHost': async () => ({
          readAtMilliseconds: performance.now(),
          counters: await driver.readHostCounters(),
        }),
        'machine.observe': ({ machineId }) => driver.observeMachine(machineId),
        'machine.describe': async ({ machineId }) => ({
          definition: await driver.describeMachine(machineId),
        }),
        'console.open': async ({ machineId, kind, tunnelId }) => {
          const stream =
            kind === 'SERIAL'
              ? await host.#serialConsoles.view(machineId, () => driver.openSerialPort(machineId))
              : await driver.openConsole(machineId);
          await host.#agent?.openTunnel(tunnelId, stream);
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
        host.#sampler.start(answer.statisticsSeconds);
        host.#inventory.start();
      },
      onDown: () => {
        host.#sampler.stop();
        host.#inventory.stop();
      },
    });
    const unwatch = [
      driver.onMachineEvent((event) => host.#events.tell(event)),
      driver.onInventoryEvent((machineId) => host.#inventory.changed(machineId)),
    ];
    host.#unwatch = () => {
      for (const end of unwatch) end();
    };
    return host;
  }

  /** Whether the server took its hello, and has its connection. */
  get isUp(): boolean {
    return this.#agent?.link.isUp ?? false;
  }

  /** Reads all counters and reports them. @returns milliseconds that it took */
  async sample(): Promise<number> {
    const started = performance.now();
    await this.#sampler.sample();
    return performance.now() - started;
  }

  /** Leaves the server; the driver stays open, its machines run on. */
  async stop(): Promise<void> {
    this.#sampler.stop();
    this.#inventory.stop();
    this.#unwatch();
    this.#events.close();
    await this.#peers.close();
    await this.#agent?.stop();
  }

  async #readLast(machineId: Id<'VirtualMachine'>): Promise<void> {
    try {
      await this.#sampler.readLast(machineId);
    } catch (error) {
      // What it did since the last report is lost; that is no reason to let it run.
      this.#log.warn({ err: error, machineId }, 'counters could not be read before the end of a machine');
    }
  }

  get #link() {
    if (this.#agent === undefined) throw new Error('the agent is not there yet');
    return this.#agent.link;
  }
}
