import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseId, uuidOf } from '@nephos/model/kernel/ids.ts';
import { Libvirt } from '@nephos/node-libvirt/connection.ts';
import { destroyDomain, domainByUuid, listDomains, startDomain } from '@nephos/node-libvirt/domain.ts';
import { listNetworks } from '@nephos/node-libvirt/network.ts';
import { findLibvirt, startPrivateLibvirt } from '../../scripts/launch/libvirt.ts';

const domainOf = (machineId: string) => domainByUuid(uuidOf(parseId('VirtualMachine', machineId)));

/** Names of what a libvirt has, running or only defined. */
export interface Holdings {
  domains: string[];
  networks: string[];
}

/** The libvirt that the product drives, as somebody at the host sees it. */
export class Hypervisor implements AsyncDisposable {
  readonly #libvirt: Libvirt;
  /** Network namespace of the guests, when it is not our own. */
  readonly networkNamespace: string | null;

  private constructor(libvirt: Libvirt, networkNamespace: string | null) {
    this.#libvirt = libvirt;
    this.networkNamespace = networkNamespace;
  }

  static async of(dataFolder: string): Promise<Hypervisor> {
    const folder = path.join(dataFolder, 'libvirt');
    if (existsSync(folder)) {
      const daemon = await startPrivateLibvirt({ folder });
      return new Hypervisor(await Libvirt.open(daemon), daemon.networkNamespace);
    }
    const address = await findLibvirt();
    if (address === null) throw new Error('the libvirt that the product drives is not to be found');
    return new Hypervisor(await Libvirt.open(address), null);
  }

  async pullPlug(machineId: string): Promise<void> {
    await destroyDomain(this.#libvirt, domainOf(machineId));
  }

  async start(machineId: string): Promise<void> {
    await startDomain(this.#libvirt, domainOf(machineId));
  }

  async holdings(): Promise<Holdings> {
    const [domains, networks] = await Promise.all([listDomains(this.#libvirt), listNetworks(this.#libvirt)]);
    return { domains: domains.map(({ name }) => name), networks: networks.map(({ name }) => name) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#libvirt.close();
  }
}
