import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { GuestNetworkSpec, NicSpec } from '@nephos/agent-protocol/machine.ts';
import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import ipaddr from 'ipaddr.js';
import { runProgram } from './run-program.ts';

export interface GuestNetworksOptions {
  /** Short folder for the DHCP server's files. */
  runFolder: string;
  /** Named network namespace that libvirt's bridges are in; empty: the agent's own. */
  namespace: string;
}

interface Link {
  ifname: string;
  ifalias?: string;
}

interface Addresses {
  addr_info: { family: string; local: string; prefixlen: number }[];
}

/** Bridges that we made carry this, and only on those do we set addresses. */
const ours = 'made by nephos';
const leaseTime = '12h';
/** How long a DHCP server may take to end. */
const endsWithinMs = 5000;
const lookEveryMs = 20;
/** Tag of cards that the guest's default route does not lead through. */
const routeless = 'routeless';

/**
 * Tells whose a line of the hosts file is. A comment and no tag (`set:`): dnsmasq 2.90 dies of reading the file again
 * when it has handed out an address by a line with a tag.
 */
const markOf = (machineId: string) => ` # ${machineId}`;

/** Gives guests a bridge, and an answer to DHCP with the address that was chosen for them. */
export class GuestNetworks {
  readonly #options: GuestNetworksOptions;
  /** Changes of one network's files happen one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: GuestNetworksOptions) {
    this.#options = options;
  }

  /**
   * Readies the networks of a machine and hands out its addresses there.
   * @throws CommandFailure NETWORK_UNPREPARED for a bridge of the host's own that has no address in the subnet
   */
  plug(machineId: string, hostName: string, nics: readonly NicSpec[]): Promise<void> {
    return this.#inTurn(async () => {
      for (const { macAddress, ipAddress, isDefault, network } of nics) {
        await this.#ensureBridge(network);
        const host = [macAddress, ipAddress, hostName, leaseTime].join(',');
        await this.#changeHosts(network.networkId, (hosts) => [
          ...hosts.filter((line) => !line.startsWith(`${macAddress},`)),
          host + markOf(machineId),
        ]);
        await this.#changeRouteless(network.networkId, (cards) => [
          ...cards.filter((card) => card !== macAddress),
          ...(isDefault ? [] : [macAddress]),
        ]);
        await this.#ensureDhcp(network);
      }
    });
  }

  /** Takes a machine's addresses out of DHCP again. */
  unplug(machineId: string): Promise<void> {
    return this.#forget((line) => line.endsWith(markOf(machineId)));
  }

  /** Takes one card's address out of DHCP again. */
  unplugCard(macAddress: string): Promise<void> {
    return this.#forget((line) => line.startsWith(`${macAddress},`));
  }

  /** Takes lines out of DHCP. */
  #forget(isIt: (line: string) => boolean): Promise<void> {
    return this.#inTurn(async () => {
      for (const networkId of await this.#knownNetworks()) {
        const hasChanged = await this.#changeHosts(networkId, (hosts) => hosts.filter((line) => !isIt(line)));
        if (!hasChanged) continue;
        const hosts = await linesOf(this.#filesOf(networkId).hosts);
        await this.#changeRouteless(networkId, (cards) =>
          cards.filter((card) => hosts.some((line) => line.startsWith(`${card},`))),
        );
        const pid = this.#dhcpPid(networkId);
        if (pid !== undefined) process.kill(pid, 'SIGHUP');
      }
    });
  }

  #inTurn<Result>(action: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(action, action);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #ensureBridge({ bridge, cidr, gateway }: GuestNetworkSpec): Promise<void> {
    let link = await this.#findLink(bridge);
    if (link === undefined) {
      await this.#ip('link', 'add', 'name', bridge, 'type', 'bridge', 'forward_delay', '0', 'stp_state', '0');
      await this.#ip('link', 'set', 'dev', bridge, 'alias', ours, 'up');
      link = { ifname: bridge, ifalias: ours };
    }
    const [, prefix] = ipaddr.parseCIDR(cidr);
    const addresses = JSON.parse(await this.#ip('-j', 'addr', 'show', 'dev', bridge)) as Addresses[];
    const isInside = ({ local }: { local: string }) => ipaddr.parse(local).match(ipaddr.parseCIDR(cidr));
    const hasAddress = addresses.some(({ addr_info }) =>
      addr_info.some((each) => each.family === 'inet' && isInside(each)),
    );
    if (hasAddress) return;
    if (link.ifalias !== ours) {
      throw new CommandFailure(
        'NETWORK_UNPREPARED',
        `bridge ${bridge} has no address in ${cidr}; guests could not be given addresses through it`,
        { details: { bridge, cidr } },
      );
    }
    await this.#ip('addr', 'add', `${gateway}/${prefix}`, 'dev', bridge);
  }

  async #findLink(bridge: string): Promise<Link | undefined> {
    const links = JSON.parse(await this.#ip('-j', 'link', 'show', 'type', 'bridge')) as Partial<Link>[];
    return links.find((link): link is Link => link.ifname === bridge);
  }

  /** A server of its own for each network; it outlives the agent and is found again. */
  async #ensureDhcp(network: GuestNetworkSpec): Promise<void> {
    const { networkId, bridge, cidr, gateway, dns, domain } = network;
    const files = this.#filesOf(networkId);
    const [address, prefix] = ipaddr.parseCIDR(cidr);
    const configuration = [
      'port=0',
      `interface=${bridge}`,
      'except-interface=lo',
      'bind-interfaces',
      'no-resolv',
      'no-hosts',
      'no-ping',
      'dhcp-authoritative',
      // Only who is known gets an answer, and only the address that was chosen for them.
      'dhcp-ignore=tag:!known',
      `dhcp-range=${address.toString()},static,${ipaddr.IPv4.subnetMaskFromPrefixLength(prefix).toString()},${leaseTime}`,
      `dhcp-option=option:router,${gateway}`,
      `dhcp-option=option:dns-server,${dns.join(',')}`,
      ...(await linesOf(files.routeless)).map((card) => `dhcp-mac=set:${routeless},${card}`),
      // Nothing after the option's name: they are told of no router.
      `dhcp-option=tag:${routeless},option:router`,
      ...(domain === null ? [] : [`domain=${domain}`]),
      `dhcp-hostsfile=${files.hosts}`,
      `dhcp-leasefile=${files.leases}`,
      `pid-file=${files.pid}`,
      '',
    ].join('\n');
    const running = this.#dhcpPid(networkId);
    const known = await readFile(files.configuration, 'utf8').catch(() => '');
    if (running !== undefined && known === configuration) {
      process.kill(running, 'SIGHUP');
      return;
    }
    if (running !== undefined) await this.#endDhcp(networkId, running);
    await rm(files.pid, { force: true });
    await writeFile(files.configuration, configuration);
    await this.#run('dnsmasq', [`--conf-file=${files.configuration}`]);
  }

  #dhcpPid(networkId: string): number | undefined {
    const files = this.#filesOf(networkId);
    if (!existsSync(files.pid)) return undefined;
    const pid = Number(readFileSync(files.pid, 'utf8'));
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(files.configuration) ? pid : undefined;
    } catch {
      return undefined;
    }
  }

  /** Waits until it has ended: as it does it removes the file with its id, which must not be the next one's by then. */
  async #endDhcp(networkId: string, pid: number): Promise<void> {
    process.kill(pid, 'SIGTERM');
    for (let waitedMs = 0; this.#dhcpPid(networkId) === pid; waitedMs += lookEveryMs) {
      if (waitedMs >= endsWithinMs) process.kill(pid, 'SIGKILL');
      await sleep(lookEveryMs);
    }
  }

  /** @returns whether anything changed */
  #changeHosts(networkId: string, change: (hosts: string[]) => string[]): Promise<boolean> {
    return this.#changeLines(networkId, this.#filesOf(networkId).hosts, change);
  }

  #changeRouteless(networkId: string, change: (cards: string[]) => string[]): Promise<boolean> {
    return this.#changeLines(networkId, this.#filesOf(networkId).routeless, change);
  }

  /** @returns whether anything changed */
  async #changeLines(
    networkId: string,
    file: string,
    change: (lines: string[]) => string[],
  ): Promise<boolean> {
    await mkdir(this.#filesOf(networkId).folder, { recursive: true, mode: 0o755 });
    const lines = await linesOf(file);
    const next = change(lines);
    if (isDeepStrictEqual(next, lines)) return false;
    await writeFile(`${file}.new`, next.map((line) => `${line}\n`).join(''));
    await rename(`${file}.new`, file);
    return true;
  }

  async #knownNetworks(): Promise<string[]> {
    return readdir(path.join(this.#options.runFolder, 'dhcp')).catch(() => []);
  }

  #filesOf(networkId: string) {
    const folder = path.join(this.#options.runFolder, 'dhcp', networkId);
    return {
      folder,
      configuration: path.join(folder, 'dnsmasq.conf'),
      hosts: path.join(folder, 'hosts'),
      routeless: path.join(folder, 'routeless'),
      leases: path.join(folder, 'leases'),
      pid: path.join(folder, 'pid'),
    };
  }

  #ip(...args: string[]): Promise<string> {
    return this.#run('ip', args);
  }

  #run(program: string, args: readonly string[]): Promise<string> {
    const { namespace } = this.#options;
    return namespace === ''
      ? runProgram(program, args)
      : runProgram('ip', ['netns', 'exec', namespace, program, ...args]);
  }
}

/** What a file has, without its empty lines; nothing, if it is not there. */
async function linesOf(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}
