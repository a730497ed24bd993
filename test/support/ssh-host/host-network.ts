import { execFile } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import os from 'node:os';
import { promisify } from 'node:util';
import { deleteNetworkNamespace, systemPath } from '../../../scripts/launch/libvirt-namespace.ts';

const run = promisify(execFile);

async function ip(...args: string[]): Promise<void> {
  await run('ip', args, { env: { PATH: systemPath } });
}

/** Bridge of the guests on every host; each has an uplink to the others. */
export const guestBridge = 'nephosbr0';

/**
 * Two networks: one between hosts and this machine, for SSH and agents, and one between the guests of all hosts, with
 * a namespace of its own as the place from which they are reached.
 */
export class HostNetwork implements AsyncDisposable {
  readonly #id: string;
  readonly #prefix: string;
  #hosts = 0;

  private constructor(id: string, prefix: string) {
    this.#id = id;
    this.#prefix = prefix;
  }

  static async make(): Promise<HostNetwork> {
    // Addresses that are set apart for tests of networks (RFC 2544), so nobody's else.
    const taken = Object.values(os.networkInterfaces()).flatMap(
      (each) => each?.map(({ address }) => address) ?? [],
    );
    let prefix: string;
    do prefix = `198.18.${randomInt(0, 256)}.`;
    while (taken.some((address) => address.startsWith(prefix)));
    const network = new HostNetwork(randomBytes(3).toString('hex'), prefix);
    await ip('link', 'add', network.#bridge, 'type', 'bridge');
    await ip('addr', 'add', `${network.ownAddress}/24`, 'dev', network.#bridge);
    await ip('link', 'set', network.#bridge, 'up');
    await ip('netns', 'add', network.guestsNamespace);
    await ip('-n', network.guestsNamespace, 'link', 'set', 'lo', 'up');
    await ip('-n', network.guestsNamespace, 'link', 'add', guestBridge, 'type', 'bridge');
    await ip('-n', network.guestsNamespace, 'addr', 'add', '10.1.0.1/16', 'dev', guestBridge);
    await ip('-n', network.guestsNamespace, 'link', 'set', guestBridge, 'up');
    return network;
  }

  /** This machine's address for the hosts. */
  get ownAddress(): string {
    return `${this.#prefix}1`;
  }

  /** Network namespace in which the guests' gateway is: from there they are reached, whatever host they are on. */
  get guestsNamespace(): string {
    return `nhg-${this.#id}`;
  }

  /** Makes the network namespace of one more host. */
  async join(): Promise<{ namespace: string; address: string }> {
    this.#hosts += 1;
    const number = this.#hosts;
    const namespace = `nh${number}-${this.#id}`;
    const address = `${this.#prefix}${number + 1}`;
    const link = `nv${number}${this.#id}`;
    await ip('netns', 'add', namespace);
    const inside = (...args: string[]) => ip('-n', namespace, ...args);
    await inside('link', 'set', 'lo', 'up');
    await ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
    await ip('link', 'set', link, 'master', this.#bridge, 'up');
    await inside('addr', 'add', `${address}/24`, 'dev', 'eth0');
    await inside('link', 'set', 'eth0', 'up');
    const guests = this.guestsNamespace;
    await ip(
      '-n',
      guests,
      'link',
      'add',
      `host${number}`,
      'type',
      'veth',
      'peer',
      'name',
      'eth1',
      'netns',
      namespace,
    );
    await ip('-n', guests, 'link', 'set', `host${number}`, 'master', guestBridge, 'up');
    await inside('link', 'add', guestBridge, 'type', 'bridge');
    await inside('addr', 'add', `10.1.0.${number + 1}/16`, 'dev', guestBridge);
    await inside('link', 'set', 'eth1', 'master', guestBridge, 'up');
    await inside('link', 'set', guestBridge, 'up');
    return { namespace, address };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await deleteNetworkNamespace(this.guestsNamespace);
    await ip('link', 'delete', this.#bridge);
  }

  get #bridge(): string {
    return `nhb${this.#id}`;
  }
}
