import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { signIn, type ApiClient } from './api-client.ts';
import { ProductProcess } from './child-process.ts';
import { freePort } from './free-port.ts';
import { adminPassword } from './server.ts';

export interface ServerProcessOptions {
  databaseUrl: string;
  /** Shared by servers of one database. */
  folder?: string;
  leaseSeconds?: number;
  /** Where agents connect; loopback when left out. */
  agentListen?: string;
}

/** A management server in a process of its own, on ports that stay the same from one start to the next. */
export class ServerProcess implements AsyncDisposable {
  readonly folder: string;
  readonly url: string;
  readonly agentUrl: string;
  readonly #options: ServerProcessOptions;
  readonly #ports: { http: number; agent: number };
  #process: ProductProcess | undefined;
  #admin: ApiClient | undefined;
  #parkAt: readonly string[] = [];

  private constructor(options: ServerProcessOptions, ports: { http: number; agent: number }) {
    this.#options = options;
    this.#ports = ports;
    this.folder = options.folder ?? mkdtempSync(path.join(tmpdir(), 'nephos-server-'));
    this.url = `http://127.0.0.1:${ports.http}`;
    this.agentUrl = `wss://${options.agentListen ?? '127.0.0.1'}:${ports.agent}`;
  }

  /** Resolves when it serves. */
  static async start(options: ServerProcessOptions): Promise<ServerProcess> {
    const server = new ServerProcess(options, { http: await freePort(), agent: await freePort() });
    try {
      await server.launch();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Starts the process, again after {@link kill}; it parks the jobs that come to one of these points. */
  async launch(parkAt: readonly string[] = []): Promise<void> {
    this.#parkAt = parkAt;
    this.#process = new ProductProcess('server/main.ts', {
      DATABASE_URL: this.#options.databaseUrl,
      NEPHOS_HTTP_PORT: String(this.#ports.http),
      NEPHOS_AGENT_PORT: String(this.#ports.agent),
      NEPHOS_AGENT_LISTEN: this.#options.agentListen ?? '127.0.0.1',
      NEPHOS_MASTER_KEY_FILE: path.join(this.folder, 'master.key'),
      NEPHOS_TOKEN_FOLDER: path.join(this.folder, 'tokens'),
      NEPHOS_ADMIN_PASSWORD: adminPassword,
      NEPHOS_LEASE_SECONDS: String(this.#options.leaseSeconds ?? 15),
      NEPHOS_PARK_AT: parkAt.join(','),
    });
    await this.#process.message();
    this.#admin ??= await signIn(this.url, 'admin', adminPassword);
  }

  get admin(): ApiClient {
    if (this.#admin === undefined) throw new Error('the server was never started');
    return this.#admin;
  }

  get process(): ProductProcess {
    if (this.#process === undefined) throw new Error('the server was never started');
    return this.#process;
  }

  /** Points at which it parks jobs. */
  get parkAt(): readonly string[] {
    return this.#parkAt;
  }

  /** Resolves when a job lies at each of the points that were given to {@link launch}. */
  async parked(): Promise<void> {
    const lies = (at: string) =>
      this.process.logged(({ msg, point }) => msg === 'parked for a fault test' && point === at);
    await Promise.all(this.#parkAt.map(lies));
  }

  /** Ends the process without a word. */
  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.#admin?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
