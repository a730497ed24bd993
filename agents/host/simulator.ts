import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { SimulatorAnswers, SimulatorMessage, SimulatorReply } from './drivers/simulator/control.ts';
import { SimulatedDisks } from './drivers/simulator/simulated-disks.ts';
import { StateFile } from './drivers/simulator/simulated-state.ts';
import { AutomaticTime, SteppedTime } from './drivers/simulator/simulated-time.ts';
import { SimulatorDriver } from './drivers/simulator/simulator-driver.ts';
import { HostAgent, type HostAgentOptions } from './host-agent.ts';

export interface SimulatorOptions extends Omit<HostAgentOptions, 'driver'> {
  hosts: number;
  cpuCores: number;
  memoryMib: number;
  time: 'auto' | 'stepped';
  /** Whether machines outlive the process, as they do on a real host. */
  state: 'keep' | 'forget';
  log: Logger;
}

interface SimulatedHost {
  driver: SimulatorDriver;
  start(): Promise<HostAgent>;
  agent: HostAgent;
}

/** Any number of simulated hosts in one process, each with its own connection, certificate and journal. */
export async function startSimulator(options: SimulatorOptions): Promise<{ stop(): Promise<void> }> {
  const time = options.time === 'stepped' ? new SteppedTime() : new AutomaticTime();
  const disks = new SimulatedDisks();
  const hosts: SimulatedHost[] = [];
  for (let index = 0; index < options.hosts; index++) {
    hosts.push(await startHost(index, options, time, disks));
  }
  answerParent(hosts, time);
  return {
    stop: async () => {
      await Promise.all(hosts.map(({ agent }) => agent.stop()));
    },
  };
}

async function startHost(
  index: number,
  options: SimulatorOptions,
  time: SteppedTime | AutomaticTime,
  disks: SimulatedDisks,
): Promise<SimulatedHost> {
  const name = options.hosts === 1 ? options.name : `${options.name}-${index + 1}`;
  const folder = options.hosts === 1 ? options.folder : path.join(options.folder, name);
  mkdirSync(folder, { recursive: true });
  const driver = new SimulatorDriver({
    hostname: name,
    cpuCores: options.cpuCores,
    memoryMib: options.memoryMib,
    time,
    disks,
    ...(options.state === 'keep' && { file: new StateFile(path.join(folder, 'simulated.json')) }),
  });
  const start = () => HostAgent.start({ ...options, driver, name, folder });
  return { driver, start, agent: await start() };
}

function answerParent(hosts: SimulatedHost[], time: SteppedTime | AutomaticTime): void {
  process.on('message', (message: SimulatorMessage) => {
    void answer(message, hosts, time).then((reply) =>
      process.send?.({ id: message.id, answer: reply } satisfies SimulatorReply),
    );
  });
}

async function answer(
  message: SimulatorMessage,
  hosts: SimulatedHost[],
  time: SteppedTime | AutomaticTime,
): Promise<SimulatorAnswers[keyof SimulatorAnswers]> {
  switch (message.ask) {
    case 'step':
      return time instanceof SteppedTime ? time.step(message.count) : 0;
    case 'waiting':
      return time instanceof SteppedTime ? time.waiting : [];
    case 'state':
      return hosts.map(({ driver }) => driver.state);
    case 'powerOff':
      hosts[message.host]?.driver.powerOff(message.machineId, 'shutdown');
      return null;
    case 'pause':
      hosts[message.host]?.driver.pause(message.machineId);
      return null;
    case 'powerOn':
      hosts[message.host]?.driver.powerOn(message.machineId);
      return null;
    case 'addForeign':
      hosts[message.host]?.driver.foreign.add(message.machine);
      return null;
    case 'removeForeign':
      hosts[message.host]?.driver.foreign.remove(message.uuid);
      return null;
    case 'tamper':
      hosts[message.host]?.driver.foreign.tamper(message.machineId, message.change);
      return null;
    case 'disconnect': {
      await hosts[message.host]?.agent.stop();
      return null;
    }
    case 'connect': {
      const host = hosts[message.host];
      if (host !== undefined) host.agent = await host.start();
      return null;
    }
    case 'sample': {
      // The server may know of a connection a moment before its agent does.
      while (!hosts.every(({ agent }) => agent.isUp)) await sleep(10);
      const started = performance.now();
      await Promise.all(hosts.map(({ agent }) => agent.sample()));
      return performance.now() - started;
    }
  }
}
