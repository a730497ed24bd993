import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { GuestNetworkSpec } from '@nephos/agent-protocol/machine.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import {
  deleteNetworkNamespace,
  ensureNetworkNamespace,
  systemPath,
} from '../../scripts/launch/libvirt-namespace.ts';
import { type PrivateLibvirt, startPrivateLibvirt } from '../../scripts/launch/libvirt.ts';

const execute = promisify(execFile);

/** A hypervisor: network and mount namespaces with a libvirtd in them. The kernel and the file system are shared. */
export interface HypervisorHost {
  name: string;
  libvirt: PrivateLibvirt;
  networkNamespace: string;
  /** For an agent's sockets. */
  runFolder: string;
  /** On the guests' network. */
  address: string;
  /** Starts the daemon again after it was killed, and finds its machines. */
  restartLibvirt(): Promise<void>;
}

const bridge = 'guests0';
const subnet = '10.77.0';

/** What a program says in a network namespace. */
export async function inNamespace(name: string, ...command: readonly string[]): Promise<string> {
  const { stdout } = await execute('ip', ['netns', 'exec', name, ...command], {
    env: { PATH: systemPath, LC_ALL: 'C' },
  });
  return stdout;
}

/** Several hypervisors whose guests' bridges are plugged into one switch, with primary storage that all of them see. */
export class HypervisorHosts implements AsyncDisposable {
  readonly hosts: HypervisorHost[] = [];
  readonly folder: string;
  /** Namespace of the switch; it has the network's gateway address. */
  readonly switchNamespace = `nephos-switch-${randomBytes(4).toString('hex')}`;
  /** The guests' network, as a machine's specification names it. */
  readonly network: GuestNetworkSpec = {
    networkId: newId('GuestNetwork'),
    bridge,
    cidr: `${subnet}.0/24`,
    gateway: `${subnet}.1`,
    dns: [`${subnet}.1`],
    domain: null,
  };

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async start(count: number): Promise<HypervisorHosts> {
    const folder = await mkdtemp(path.join(tmpdir(), 'nephos-hosts-'));
    // QEMU runs as another user, who must get in.
    await chmod(folder, 0o755);
    const all = new HypervisorHosts(folder);
    try {
      await mkdir(all.primary);
      await all.#makeSwitch();
      for (let index = 0; index < count; index++) await all.#addHost(index);
      return all;
    } catch (error) {
      await all[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Folder for primary storage, which every host sees. */
  get primary(): string {
    return path.join(this.folder, 'primary');
  }

  /** An address for a guest, and a card to have it on. */
  addressOf(guest: number): { ipAddress: string; macAddress: string } {
    const last = guest.toString(16).padStart(2, '0');
    return { ipAddress: `${subnet}.${100 + guest}`, macAddress: `52:54:00:77:00:${last}` };
  }

  /** Gives every bridge an address in one more subnet, as an operator does before guests can be in it. */
  async addSubnet(prefix: string): Promise<void> {
    const places = [this.switchNamespace, ...this.hosts.map(({ networkNamespace }) => networkNamespace)];
    for (const [index, namespace] of places.entries())
      await inNamespace(namespace, 'ip', 'addr', 'add', `${prefix}.${index + 1}/24`, 'dev', bridge);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { libvirt } of this.hosts) await libvirt.stop({ domains: 'destroy' });
    await deleteNetworkNamespace(this.switchNamespace);
    await rm(this.folder, { recursive: true, force: true });
  }

  async #makeSwitch(): Promise<void> {
    await ensureNetworkNamespace(this.switchNamespace);
    await this.#makeBridge(this.switchNamespace, `${subnet}.1`);
  }

  async #makeBridge(namespace: string, address: string): Promise<void> {
    const ip = (...args: string[]) => inNamespace(namespace, 'ip', ...args);
    await ip('link', 'add', 'name', bridge, 'type', 'bridge', 'forward_delay', '0', 'stp_state', '0');
    await ip('addr', 'add', `${address}/24`, 'dev', bridge);
    await ip('link', 'set', 'dev', bridge, 'up');
  }

  async #addHost(index: number): Promise<void> {
    const name = `host-${index + 1}`;
    const root = path.join(this.folder, name);
    await mkdir(root);
    const libvirt = await startPrivateLibvirt({ folder: path.join(root, 'libvirt') });
    const { networkNamespace } = libvirt;
    if (networkNamespace === null) {
      await libvirt.stop({ domains: 'destroy' });
      throw new Error('hosts side by side need namespaces, which this process may not make');
    }
    const host: HypervisorHost = {
      name,
      libvirt,
      networkNamespace,
      runFolder: path.join(root, 'run'),
      address: `${subnet}.${10 + index}`,
      restartLibvirt: async () => {
        host.libvirt = await startPrivateLibvirt({ folder: path.join(root, 'libvirt') });
      },
    };
    this.hosts.push(host);
    await this.#makeBridge(networkNamespace, host.address);
    await this.#plug(host, `port${index}`);
  }

  /** A cable from the host's bridge to the switch. */
  async #plug({ networkNamespace }: HypervisorHost, port: string): Promise<void> {
    const ends = ['type', 'veth', 'peer', 'name', 'uplink', 'netns', networkNamespace];
    await inNamespace(this.switchNamespace, 'ip', 'link', 'add', port, ...ends);
    for (const [namespace, end] of [
      [this.switchNamespace, port],
      [networkNamespace, 'uplink'],
    ] as const) {
      await inNamespace(namespace, 'ip', 'link', 'set', 'dev', end, 'master', bridge, 'up');
    }
  }
}
