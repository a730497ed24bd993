import { chmod, mkdir, rm } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import type { CommandPayload } from '@nephos/agent-protocol/commands.ts';
import type {
  MachineCounters,
  MachineObservation,
  MachineSpec,
  PowerState,
} from '@nephos/agent-protocol/machine.ts';
import type { HostFacts } from '@nephos/agent-protocol/reports.ts';
import type { HostCounters } from '@nephos/agent-protocol/statistics.ts';
import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import { uuidOf, type Id } from '@nephos/model/kernel/ids.ts';
import { updateDevice } from '@nephos/node-libvirt/device.ts';
import type { DomainEvent } from '@nephos/node-libvirt/domain-events.ts';
import {
  defineDomain,
  getDomainState,
  getDomainXml,
  listDomains,
  startDomain,
  undefineDomain,
} from '@nephos/node-libvirt/domain.ts';
import { hasErrorCode } from '@nephos/node-libvirt/errors.ts';
import { agentCommand, monitorCommand, openConsole } from '@nephos/node-libvirt/guest.ts';
import { getStatistics } from '@nephos/node-libvirt/statistics.ts';
import type { Logger } from 'pino';
import type { HostDriver, Inventory, MachineEvent } from '../../driver.ts';
import type { Acceleration } from './acceleration.ts';
import { DirectoryPools } from './directory-pool.ts';
import { cdromXml, domainXml, driveAlias, readDomainXml } from './domain-xml.ts';
import { GuestNetworks } from './guest-networks.ts';
import { explained, machineIdOf, refTo } from './domain-reference.ts';
import { readLinuxCounters } from './host-counters.ts';
import { hasUefi, readHostFacts } from './host-facts.ts';
import { LibvirtLink } from './libvirt-link.ts';
import { countersOf } from './machine-counters.ts';
import { MachineNics } from './machine-nics.ts';
import { MachinePower } from './machine-power.ts';
import { LibvirtMigration } from './migration/libvirt-migration.ts';
import { ensureGuestFilter, guestFilter } from './network-filter.ts';
import { growDomain } from './grow-domain.ts';
import { SeedDiscs } from './seed/seed-discs.ts';

type MachineId = Id<'VirtualMachine'>;

export interface LibvirtDriverOptions {
  socketPath: string;
  uri: string;
  runFolder: string;
  networkNamespace: string;
  acceleration: Acceleration;
  log: Logger;
}

const mostTrayTries = 20;

function powerOf(state: string): PowerState {
  switch (state) {
    case 'RUNNING':
    case 'BLOCKED':
    case 'SHUTDOWN':
      return 'ON';
    case 'PAUSED':
    case 'PMSUSPENDED':
      return 'PAUSED';
    default:
      return 'OFF';
  }
}

/** Lifecycle events that tell of a machine's power. */
const powerAfter: Partial<Record<string, PowerState>> = {
  STARTED: 'ON',
  RESUMED: 'ON',
  SUSPENDED: 'PAUSED',
  PMSUSPENDED: 'PAUSED',
  STOPPED: 'OFF',
  UNDEFINED: 'ABSENT',
};

/** Machines on QEMU through libvirt, their disks in directories, their network on bridges. */
export class LibvirtDriver implements HostDriver {
  readonly #options: LibvirtDriverOptions;
  readonly #link: LibvirtLink;
  readonly #pools = new DirectoryPools();
  readonly #networks: GuestNetworks;
  readonly #seeds: SeedDiscs;
  readonly #nics: MachineNics;
  readonly #power: MachinePower;
  readonly #listeners = new Set<(event: MachineEvent) => void>();
  readonly migration: LibvirtMigration;

  private constructor(options: LibvirtDriverOptions, link: LibvirtLink) {
    this.#options = options;
    this.#link = link;
    this.#seeds = new SeedDiscs(options.runFolder);
    this.#power = new MachinePower(link, this);
    this.migration = new LibvirtMigration({
      libvirtSocket: options.socketPath,
      link,
      log: options.log,
      driver: this,
      ready: (machine) => this.#ready(machine),
      unready: (machineId) => this.#unready(machineId),
    });
    this.#networks = new GuestNetworks({ runFolder: options.runFolder, namespace: options.networkNamespace });
    this.#nics = new MachineNics(link, this.#networks);
  }

  /** @throws ConnectionFailedError when there is no libvirt at the socket */
  static async open(options: LibvirtDriverOptions): Promise<LibvirtDriver> {
    const { socketPath, uri, log } = options;
    const vncFolder = path.join(options.runFolder, 'vnc');
    await mkdir(vncFolder, { recursive: true });
    // QEMU makes its sockets there, as whichever user it runs; nobody else may touch them.
    await chmod(vncFolder, 0o1777);
    let lifecycleListener: (event: DomainEvent<'LIFECYCLE'>) => void = () => undefined;
    let restartListener: (event: DomainEvent<'REBOOT'>) => void = () => undefined;
    let reconnectedListener: () => void = () => undefined;
    const link = await LibvirtLink.open({
      socketPath,
      uri,
      log,
      prepare: ensureGuestFilter,
      onLifecycle: (event) => lifecycleListener(event),
      onRestart: (event) => restartListener(event),
      onReconnected: () => reconnectedListener(),
    });
    const driver = new LibvirtDriver(options, link);
    lifecycleListener = (event) => driver.#onLifecycle(event);
    restartListener = ({ domain }) => driver.#power.restarted(machineIdOf(domain));
    reconnectedListener = () => void driver.#tellAll();
    return driver;
  }

  facts(): Promise<HostFacts> {
    return readHostFacts(this.#link.libvirt, this.#options.acceleration);
  }

  async inventory(): Promise<Inventory> {
    const domains = await listDomains(this.#link.libvirt);
    const ours = domains.flatMap((domain) => machineIdOf(domain) ?? []);
    const strangers = domains.filter((domain) => machineIdOf(domain) === undefined).map(({ name }) => name);
    const machines = await Promise.all(ours.map((id) => this.observeMachine(id)));
    // One that is on its way here is the other host's to tell of.
    return { machines: machines.filter(({ power }) => power !== 'ABSENT'), strangers };
  }

  onMachineEvent(listener: (event: MachineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  attachPool = this.#pools.attach.bind(this.#pools);
  detachPool = this.#pools.detach.bind(this.#pools);
  findPool = this.#pools.find.bind(this.#pools);
  installBase = this.#pools.installBase.bind(this.#pools);
  findBase = this.#pools.findBase.bind(this.#pools);
  removeBase = this.#pools.removeBase.bind(this.#pools);
  createVolume = this.#pools.createVolume.bind(this.#pools);
  hasVolume = this.#pools.hasVolume.bind(this.#pools);
  deleteVolume = this.#pools.deleteVolume.bind(this.#pools);
  exportVolume = this.#pools.exportVolume.bind(this.#pools);
  findExport = this.#pools.findExport.bind(this.#pools);

  async startMachine({ machine: spec }: CommandPayload<'machine.start'>): Promise<MachineObservation> {
    const { libvirt } = this.#link;
    const { machineId } = spec;
    const seen = await this.observeMachine(machineId);
    if (seen.power === 'ON' || seen.power === 'PAUSED') return seen;
    const definition = await this.#ready(spec);
    try {
      const domain = await defineDomain(libvirt, definition);
      await startDomain(libvirt, domain);
    } catch (error) {
      // Nothing of a start that failed is left; where it was defined before, that definition would be an old one.
      if (seen.power === 'ABSENT') await this.removeMachine(machineId);
      throw explained(error);
    }
    return this.observeMachine(machineId);
  }

  stopMachine = (...args: Parameters<HostDriver['stopMachine']>) => this.#power.stop(...args);
  rebootMachine = (...args: Parameters<HostDriver['rebootMachine']>) => this.#power.reboot(...args);
  suspendMachine = (machineId: MachineId) => this.#power.suspend(machineId);
  resumeMachine = (machineId: MachineId) => this.#power.resume(machineId);

  plugNic = (...args: Parameters<HostDriver['plugNic']>) => this.#nics.plug(...args);
  unplugNic = (...args: Parameters<HostDriver['unplugNic']>) => this.#nics.unplug(...args);

  async scaleMachine({ machineId, ...size }: CommandPayload<'machine.scale'>): Promise<void> {
    await growDomain(this.#link.libvirt, refTo(machineId), size).catch((error: unknown) => {
      throw explained(error);
    });
  }

  async setGuestPassword(payload: CommandPayload<'machine.setPassword'>): Promise<void> {
    const { machineId, userName, passwordHash } = payload;
    const password = Buffer.from(passwordHash).toString('base64');
    const command = {
      execute: 'guest-set-user-password',
      arguments: { username: userName, password, crypted: true },
    };
    await agentCommand(this.#link.libvirt, refTo(machineId), command).catch((error: unknown) => {
      throw explained(error);
    });
  }

  async removeMachine(machineId: MachineId): Promise<void> {
    const { libvirt } = this.#link;
    await this.#power.pullPlug(machineId);
    await undefineDomain(libvirt, refTo(machineId), ['MANAGED_SAVE', 'SNAPSHOTS_METADATA', 'NVRAM']).catch(
      (error: unknown) => {
        if (!hasErrorCode(error, 'NO_DOMAIN')) throw explained(error);
      },
    );
    await this.#unready(machineId);
  }

  async setIso({ machineId, isoPath }: CommandPayload<'machine.setIso'>): Promise<MachineObservation> {
    const { power } = await this.observeMachine(machineId);
    if (power === 'ABSENT') throw new CommandFailure('NOT_FOUND', `there is no machine ${machineId} here`);
    const where = power === 'OFF' ? (['CONFIG'] as const) : (['CONFIG', 'LIVE'] as const);
    for (let tries = 1; ; tries++) {
      try {
        // By force: a guest that has the disc mounted would keep it otherwise.
        await updateDevice(this.#link.libvirt, refTo(machineId), cdromXml(isoPath), [...where, 'FORCE']);
        return await this.observeMachine(machineId);
      } catch (error) {
        if (tries === mostTrayTries || !/tray/i.test((error as Error).message)) throw explained(error);
        await this.#openTray(machineId);
      }
    }
  }

  async observeMachine(machineId: MachineId): Promise<MachineObservation> {
    const { libvirt } = this.#link;
    try {
      const domain = refTo(machineId);
      const [seen, xml] = await Promise.all([getDomainState(libvirt, domain), getDomainXml(libvirt, domain)]);
      const power = this.migration.travellers.powerOf(machineId, seen) ?? powerOf(seen.state);
      return { machineId, power, isoPath: power === 'ABSENT' ? null : readDomainXml(xml).isoPath };
    } catch (error) {
      if (hasErrorCode(error, 'NO_DOMAIN')) return { machineId, power: 'ABSENT', isoPath: null };
      throw explained(error);
    }
  }

  async readCounters(machineIds?: readonly MachineId[]): Promise<MachineCounters[]> {
    const { libvirt } = this.#link;
    const statistics = await getStatistics(libvirt, {
      groups: ['CPU_TOTAL', 'BALLOON', 'INTERFACE', 'BLOCK'],
      flags: ['ACTIVE', 'NOWAIT'],
    });
    const wanted = machineIds && new Set<string>(machineIds);
    return statistics.flatMap((each) => {
      const machineId = machineIdOf(each.domain);
      if (machineId === undefined || wanted?.has(machineId) === false) return [];
      // One that is on its way here is measured where it runs.
      return this.migration.travellers.isComing(machineId) ? [] : [countersOf(machineId, each)];
    });
  }

  readHostCounters(): Promise<HostCounters> {
    return readLinuxCounters();
  }

  async openConsole(machineId: MachineId): Promise<Duplex> {
    const xml = await getDomainXml(this.#link.libvirt, refTo(machineId)).catch((error: unknown) => {
      throw explained(error);
    });
    const { vncSocket } = readDomainXml(xml);
    if (vncSocket === null) throw new CommandFailure('UNSUPPORTED', 'the machine has no VNC server');
    const socket = net.connect(vncSocket);
    return new Promise((resolve, reject) => {
      socket.once('connect', () => resolve(socket));
      socket.once('error', (error) =>
        reject(new CommandFailure('HYPERVISOR_ERROR', `the machine's VNC server: ${error.message}`)),
      );
    });
  }

  async openSerialPort(machineId: MachineId): Promise<Duplex> {
    // By force: the viewer before may have gone without libvirt having noticed yet.
    return openConsole(this.#link.libvirt, refTo(machineId), { flags: ['FORCE'] }).catch((error: unknown) => {
      throw explained(error);
    });
  }

  async close(): Promise<void> {
    await this.#link.close();
  }

  /** Readies what a machine needs on this host. @returns how it is to be defined here */
  async #ready(spec: MachineSpec): Promise<string> {
    const { machineId, name, nics } = spec;
    if (spec.bootMode === 'UEFI' && !(await hasUefi(this.#link.libvirt))) {
      throw new CommandFailure(
        'UNSUPPORTED',
        'this host has no UEFI firmware for guests: install ovmf on it',
      );
    }
    await this.#networks.plug(machineId, name, nics);
    const vncSocket = this.#vncSocketOf(machineId);
    await rm(vncSocket, { force: true });
    const virtType = this.#options.acceleration.kind === 'kvm' ? 'kvm' : 'qemu';
    const seedFile = await this.#seeds.write(spec);
    return domainXml({ spec, virtType, vncSocket, seedFile, filter: guestFilter });
  }

  async #unready(machineId: MachineId): Promise<void> {
    await this.#networks.unplug(machineId);
    await rm(this.#vncSocketOf(machineId), { force: true });
    await this.#seeds.remove(machineId);
  }

  #vncSocketOf(machineId: MachineId): string {
    return path.join(this.#options.runFolder, 'vnc', `${uuidOf(machineId)}.sock`);
  }

  /**
   * A guest that resets its drive (a BIOS that looks for something to start from does) closes the tray without QEMU
   * saying so. libvirt then takes it for open and does not open it again.
   */
  async #openTray(machineId: MachineId): Promise<void> {
    const command = { execute: 'blockdev-open-tray', arguments: { id: driveAlias, force: true } };
    await monitorCommand(this.#link.libvirt, refTo(machineId), command).catch(() => undefined);
  }

  #onLifecycle(happened: DomainEvent<'LIFECYCLE'>): void {
    const { domain, change, detail } = happened;
    const machineId = machineIdOf(domain);
    const power = powerAfter[change];
    if (machineId === undefined || power === undefined) return;
    const event = { machineId, power, reason: detail.toLowerCase() };
    const told = this.migration.travellers.told(event, happened);
    if (told !== undefined) this.#emit(told);
  }

  /** Events were missed: every machine's power is told as if it had just changed. */
  async #tellAll(): Promise<void> {
    try {
      const { machines } = await this.inventory();
      for (const { machineId, power } of machines)
        this.#emit({ machineId, power, reason: 'seen after libvirt came back' });
    } catch (error) {
      this.#options.log.warn({ err: error }, 'machines could not be looked at');
    }
  }

  #emit(event: MachineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
