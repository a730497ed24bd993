import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseId, uuidOf } from '@nephos/model/kernel/ids.ts';
import { Libvirt } from '@nephos/node-libvirt/connection.ts';
import { domainByUuid } from '@nephos/node-libvirt/domain.ts';
import { agentCommand } from '@nephos/node-libvirt/guest.ts';
import type { DomainRef } from '@nephos/node-libvirt/references.ts';
import type { ApiClient } from './api-client.ts';
import { ProductProcess } from './child-process.ts';
import { eventually } from './eventually.ts';
import type { HypervisorHost } from './hypervisor-hosts.ts';
import { untilConnected } from './simulator.ts';

export interface LibvirtHostOptions {
  admin: ApiClient;
  agentUrl: string;
  hypervisor: HypervisorHost;
  /** The agent's own folder. */
  folder: string;
}

/** A hypervisor with its host agent, a process as the product runs it; either can be killed. */
export class LibvirtHost implements AsyncDisposable {
  readonly #options: LibvirtHostOptions;
  #agent: ProductProcess | undefined;
  #libvirt: Libvirt | undefined;

  private constructor(options: LibvirtHostOptions) {
    this.#options = options;
  }

  /** Resolves when the agent is connected. */
  static async start(options: LibvirtHostOptions): Promise<LibvirtHost> {
    const host = new LibvirtHost(options);
    try {
      await host.look();
      await host.launchAgent();
      return host;
    } catch (error) {
      await host[Symbol.asyncDispose]();
      throw error;
    }
  }

  get name(): string {
    return this.#options.hypervisor.name;
  }

  get hypervisor(): HypervisorHost {
    return this.#options.hypervisor;
  }

  /** Folder with the agent's journal. */
  get folder(): string {
    return this.#options.folder;
  }

  /** Past the agent, to see for ourselves. */
  get libvirt(): Libvirt {
    if (this.#libvirt === undefined) throw new Error(`nobody looks at ${this.name}`);
    return this.#libvirt;
  }

  /** Starts the agent, again after {@link killAgent}. */
  async launchAgent(): Promise<void> {
    const { admin, agentUrl, folder, hypervisor } = this.#options;
    mkdirSync(folder, { recursive: true });
    const tokenFile = path.join(folder, 'token');
    const { createEnrolmentToken } = await admin.ask<{ createEnrolmentToken: { token: string } }>(
      'mutation ($input: CreateEnrolmentTokenInput!) { createEnrolmentToken(input: $input) { token } }',
      { input: { kind: 'HOST', uses: 1 } },
    );
    writeFileSync(tokenFile, createEnrolmentToken.token);
    this.#agent = new ProductProcess('agents/host/main.ts', {
      NEPHOS_DRIVER: 'libvirt',
      NEPHOS_VIRT_TYPE: 'qemu',
      NEPHOS_LIBVIRT_SOCKET: hypervisor.libvirt.socketPath,
      NEPHOS_NETWORK_NAMESPACE: hypervisor.networkNamespace,
      NEPHOS_RUN_FOLDER: hypervisor.runFolder,
      NEPHOS_SERVER_URL: agentUrl,
      NEPHOS_AGENT_FOLDER: folder,
      NEPHOS_AGENT_NAME: this.name,
      NEPHOS_ENROLMENT_TOKEN_FILE: tokenFile,
    });
    await untilConnected(admin, this.name);
  }

  async killAgent(): Promise<void> {
    await this.#agent?.kill();
  }

  /** Ends libvirtd without a word; its guests run on. */
  async killLibvirt(): Promise<void> {
    const { pid } = this.hypervisor.libvirt;
    process.kill(pid, 'SIGKILL');
    while (isAlive(pid)) await sleep(5);
    await this.#libvirt?.close();
  }

  async launchLibvirt(): Promise<void> {
    await this.hypervisor.restartLibvirt();
    await this.look();
  }

  /** Opens our own connection to libvirtd. */
  async look(): Promise<void> {
    this.#libvirt = await Libvirt.open(this.hypervisor.libvirt);
  }

  /** The domain of a machine. */
  domain(machineId: string): DomainRef {
    return domainByUuid(uuidOf(parseId('VirtualMachine', machineId)));
  }

  /** What a command in a guest says, through its guest agent, once that listens. */
  async inGuest(machineId: string, ...command: string[]): Promise<string> {
    const [program, ...arg] = command;
    const ask = (execute: string, args: Record<string, unknown>) =>
      agentCommand(this.libvirt, this.domain(machineId), { execute, arguments: args }).catch(() => undefined);
    const started = await eventually(
      () => ask('guest-exec', { path: program, arg, 'capture-output': true }),
      (answer) => answer !== undefined,
      120,
    );
    const { pid } = started as { pid: number };
    const ended = await eventually(
      () => ask('guest-exec-status', { pid }),
      (answer) => (answer as { exited?: boolean } | undefined)?.exited === true,
    );
    return Buffer.from((ended as { 'out-data'?: string })['out-data'] ?? '', 'base64').toString();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.killAgent();
    await this.#libvirt?.close();
  }
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
