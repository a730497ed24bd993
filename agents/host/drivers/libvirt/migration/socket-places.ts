import { chown, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { uuidOf, type Id } from '@nephos/model/kernel/ids.ts';
import type { Libvirt } from '@nephos/node-libvirt/connection.ts';
import { getCapabilities } from '@nephos/node-libvirt/node.ts';
import { XMLParser } from 'fast-xml-parser';

/** Where libvirtd keeps its sockets, as it sees it itself. */
const daemonsFolder = '/run/libvirt';

/** A socket by both its names: a daemon of our own sees other folders in the usual places. */
export interface SocketPlace {
  /** For this agent. */
  here: string;
  /** For libvirtd and QEMU; on both hosts of a migration the same. */
  there: string;
}

export interface MigrationSockets {
  /** Source: libvirtd comes here instead of to the other libvirtd. Nobody but root may. */
  control: SocketPlace;
  /** Source: QEMU comes here. Destination: QEMU waits here. */
  memory: SocketPlace;
}

interface User {
  uid: number;
  gid: number;
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  isArray: (name) => name === 'secmodel' || name === 'baselabel',
});

interface ParsedCapabilities {
  capabilities: {
    host: { secmodel?: { model: string; baselabel?: { '#text': string }[] }[] };
  };
}

/** Whom libvirt lets QEMU run as: `+64055:+108`. */
async function qemuUser(libvirt: Libvirt): Promise<User> {
  const { host } = (parser.parse(await getCapabilities(libvirt)) as ParsedCapabilities).capabilities;
  const label = host.secmodel?.find(({ model }) => model === 'dac')?.baselabel?.[0]?.['#text'];
  const [, uid = '0', gid = '0'] = /^\+(\d+):\+(\d+)$/.exec(label ?? '') ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}

/**
 * The unix sockets of one machine's migration, beside those of libvirtd: the folder that is certain to be seen by it
 * and by QEMU. They are in a folder of QEMU's user alone, since who connects to them is not asked who it is; the one
 * that leads to the other libvirtd is outside of that.
 */
export class SocketPlaces {
  readonly #folder: string;
  readonly #base: string;
  readonly sockets: MigrationSockets;

  constructor(libvirtSocket: string, machineId: Id<'VirtualMachine'>) {
    this.#base = path.join(path.dirname(libvirtSocket), 'nephos');
    // The random end of the id: the paths of sockets have to be short.
    const key = uuidOf(machineId).slice(-12);
    this.#folder = path.join(this.#base, key);
    const place = (...names: string[]) => ({
      here: path.join(this.#base, ...names),
      there: path.join(daemonsFolder, 'nephos', ...names),
    });
    // Of its folder AppArmor allows QEMU sockets that are called so, libvirt's own for its tunnels, and no others.
    const memory = `m.tunnelmigrate.dest.${machineId}`;
    this.sockets = { control: place(`${key}.control`), memory: place(key, memory) };
  }

  /** Makes the folder anew. */
  async make(libvirt: Libvirt): Promise<User> {
    const user = await qemuUser(libvirt);
    await this.remove();
    await mkdir(this.#base, { recursive: true, mode: 0o711 });
    await mkdir(this.#folder, { mode: 0o700 });
    await chown(this.#folder, user.uid, user.gid);
    return user;
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
    await rm(this.sockets.control.here, { force: true });
  }
}
