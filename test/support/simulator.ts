import { fork, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type {
  SimulatorAnswers,
  SimulatorReply,
  SimulatorRequest,
} from '@nephos/host-agent/drivers/simulator/control.ts';
import type { ApiClient } from './api-client.ts';

const main = path.join(import.meta.dirname, '../../agents/host/main.ts');

export interface SimulatorOptions {
  admin: ApiClient;
  agentUrl: string;
  folder: string;
  name?: string;
  hosts?: number;
  cores?: number;
  memoryMib?: number;
  time?: 'auto' | 'stepped';
  state?: 'keep' | 'forget';
}

/** Simulated hosts in a process of their own, over the real wire. */
export class Simulator implements AsyncDisposable {
  readonly #options: SimulatorOptions;
  #child: ChildProcess | undefined;
  #nextId = 1;
  readonly #waiting = new Map<number, (reply: SimulatorReply) => void>();

  private constructor(options: SimulatorOptions) {
    this.#options = options;
  }

  /** Resolves when all hosts are connected. */
  static async start(options: SimulatorOptions): Promise<Simulator> {
    const simulator = new Simulator(options);
    await simulator.launch();
    return simulator;
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  /** Name of a host, by its place in the simulator. */
  hostName(index: number): string {
    const { hosts = 1, name = 'sim' } = this.#options;
    return hosts === 1 ? name : `${name}-${index + 1}`;
  }

  /** Starts the process, again after {@link kill}. */
  async launch(): Promise<void> {
    const { admin, agentUrl, folder, hosts = 1, name = 'sim' } = this.#options;
    mkdirSync(folder, { recursive: true });
    const tokenFile = path.join(folder, 'token');
    const { createEnrolmentToken } = await admin.ask<{ createEnrolmentToken: { token: string } }>(
      'mutation ($input: CreateEnrolmentTokenInput!) { createEnrolmentToken(input: $input) { token } }',
      { input: { kind: 'HOST', uses: hosts } },
    );
    writeFileSync(tokenFile, createEnrolmentToken.token);
    const child = fork(main, {
      env: {
        ...process.env,
        NEPHOS_DRIVER: 'simulator',
        NEPHOS_SERVER_URL: agentUrl,
        NEPHOS_AGENT_FOLDER: folder,
        NEPHOS_AGENT_NAME: name,
        NEPHOS_ENROLMENT_TOKEN_FILE: tokenFile,
        NEPHOS_SIMULATED_HOSTS: String(hosts),
        NEPHOS_SIMULATED_CORES: String(this.#options.cores ?? 32),
        NEPHOS_SIMULATED_MEMORY_MIB: String(this.#options.memoryMib ?? 131_072),
        NEPHOS_SIMULATED_TIME: this.#options.time ?? 'auto',
        NEPHOS_SIMULATED_STATE: this.#options.state ?? 'keep',
        NEPHOS_LOG_LEVEL: process.env.NEPHOS_AGENT_LOG_LEVEL ?? 'silent',
      },
      execArgv: [],
    });
    this.#child = child;
    child.on('message', (reply: SimulatorReply) => {
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    });
    await untilConnected(admin, name, hosts);
  }

  ask<Request extends SimulatorRequest>(request: Request): Promise<SimulatorAnswers[Request['ask']]> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ answer }) => resolve(answer as SimulatorAnswers[Request['ask']]));
      this.#child?.send({ id, ...request }, (error) => error && reject(error));
    });
  }

  /** Ends the process without a word, as a power cut does. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGKILL');
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

/** Waits until that many agents whose names begin so are connected. */
export async function untilConnected(admin: ApiClient, name: string, count = 1): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline;) {
    const { agents } = await admin.ask<{ agents: { nodes: { name: string; isConnected: boolean }[] } }>(
      'query ($search: String!) { agents(first: 500, search: $search) { nodes { name isConnected } } }',
      { search: name },
    );
    if (agents.nodes.filter(({ isConnected }) => isConnected).length >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not all of ${count} agents called ${name} did connect`);
}
