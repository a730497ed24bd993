import { chmod, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandPayload } from '@nephos/agent-protocol/commands.ts';
import type {
  MachineCounters,
  MachineObservation,
  MachineSpec,
  PowerState,
} from '@nephos/agent-protocol/machine.ts';
import type { HostFacts } from '@nephos/agent-protocol/reports.ts';
import type { HostCounters } from '@nephos/agent-protocol/statistics.ts';
import { CommandFailure, OutcomeUnknown } from '@nephos/agent-runtime/command-failure.ts';
import type { CommandContext } from '@nephos/agent-runtime/command-runner.ts';
import { uuidOf, type Id } from '@nephos/model/kernel/ids.ts';
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
import type { DomainRef } from '@nephos/node-libvirt/references.ts';
import { getHostname } from '@nephos/node-libvirt/node.ts';
import { getStatistics } from '@nephos/node-libvirt/statistics.ts';
import type { Logger } from 'pino';
import type { HostDriver, Inventory, MachineEvent } from '../../driver.ts';
import { Adoption } from './foreign/adoption.ts';
import { DomainMarks } from './foreign/domain-marks.ts';
import { pullDisk } from './foreign/flatten.ts';
import { ForeignDomains } from './foreign/foreign-domains.ts';
import type { Acceleration } from './acceleration.ts';
import { DirectoryPools, volumeFile } from './directory-pool.ts';
import { DiscDrive } from './disc-drive.ts';
import { domainXml, readDomainXml } from './domain-xml.ts';
import { openScreen, openSerial, setPassword } from './guest-access.ts';
import { GuestNetworks } from './guest-networks.ts';
import { explained, nameIn, powerOf, refTo } from './domain-reference.ts';
import { readLinuxCounters } from './host-counters.ts';
import { hasUefi, readHostFacts } from './host-facts.ts';
import { LibvirtLink } from './libvirt-link.ts';
import { countersOf } from './machine-counters.ts';
import { MachineRuns } from './machine-runs.ts';
import { MachineNics } from './machine-nics.ts';
import { MachinePower } from './machine-power.ts';
import { LibvirtMigration } from './migration/libvirt-migration.ts';
import { ensureGuestFilter, guestFilter } from './network-filter.ts';
import { growDomain } from './grow-domain.ts';
import { MachineSnapshots } from './snapshots/machine-snapshots.ts';
import { SeedDiscs } from './seed/seed-discs.ts';

type MachineId = Id<'VirtualMachine'>;

const startingPollMs = 50;

export interface LibvirtDriverOptions {
  socketPath: string;
  uri: string;
  runFolder: string;
  networkNamespace: string;
  acceleration: Acceleration;
  log: Logger;
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
  readonly #snapshots: MachineSnapshots;
  readonly #drive: DiscDrive;
  readonly #listeners = new Set<(event: MachineEvent) => void>();
  readonly #inventoryListeners = new Set<(machineId: MachineId | null) => void>();
  readonly #marks: DomainMarks;
  readonly #runs = new MachineRuns();
  readonly #foreign: ForeignDomains;
  readonly #adoption: Adoption;
  readonly migration: LibvirtMigration;
  /** The one that is under way: of two at a time one would find the machines busy with the other. */
  #reading: Promise<MachineCounters[]> | undefined;

  private constructor(options: LibvirtDriverOptions, link: LibvirtLink, marks: DomainMarks) {
    this.#options = options;
    this.#link = link;
    this.#marks = marks;
    this.#foreign = new ForeignDomains(link, marks);
    this.#seeds = new SeedDiscs(options.runFolder);
    this.#power = new MachinePower(link, this);
    this.#drive = new DiscDrive(link, this);
    this.#snapshots = new MachineSnapshots({
      link,
      driver: this,
      pullPlug: (machineId) => this.#power.pullPlug(machineId),
      ready: (machine) => this.#ready(machine),
    });
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
    this.#adoption = new Adoption({
      ...{ link, marks, networks: this.#networks, seeds: this.#seeds },
      ready: (machine) => this.#ready(machine),
      unready: (machineId) => this.#unready(machineId),
    });
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
    let deviceListener: (event: { domain: DomainRef }) => void = () => undefined;
    let reconnectedListener: () => void = () => undefined;
    const marks = new DomainMarks();
    const link = await LibvirtLink.open({
      socketPath,
      uri,
      log,
      prepare: async (libvirt) => {
        await ensureGuestFilter(libvirt);
        await marks.load(libvirt);
      },
      onLifecycle: (event) => lifecycleListener(event),
      onRestart: (event) => restartListener(event),
      onDevice: (event) => deviceListener(event),
      onReconnected: () => reconnectedListener(),
    });
    const driver = new LibvirtDriver(options, link, marks);
    lifecycleListener = (event) => driver.#onLifecycle(event);
    restartListener = ({ domain }) => driver.#power.restarted(marks.machineIdOf(domain));
    deviceListener = ({ domain }) => driver.#emitInventory(marks.machineIdOf(domain) ?? null);
    reconnectedListener = () => void driver.#tellAll();
    return driver;
  }

  async assertReachable(): Promise<void> {
    await getHostname(this.#link.libvirt).catch((error: unknown) => {
      throw explained(error);
    });
  }

  facts(): Promise<HostFacts> {
    return readHostFacts(this.#link.libvirt, this.#options.acceleration);
  }

  async inventory(): Promise<Inventory> {
    const domains = await listDomains(this.#link.libvirt);
    const ours = domains.flatMap((domain) => this.#marks.machineIdOf(domain) ?? []);
    const machines = await Promise.all(ours.map((id) => this.observeMachine(id)));
    // One that is on its way here is the other host's to tell of.
    return { machines: machines.filter(({ power }) => power !== 'ABSENT') };
  }

  onMachineEvent(listener: (event: MachineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  foreignMachines = () => this.#foreign.list();
  describeMachine = (machineId: MachineId) =>
    this.migration.travellers.isComing(machineId)
      ? Promise.resolve(null)
      : this.#foreign.definitionOf(machineId);

  onInventoryEvent(listener: (machineId: MachineId | null) => void): () => void {
    this.#inventoryListeners.add(listener);
    return () => this.#inventoryListeners.delete(listener);
  }

  async adoptMachine(payload: CommandPayload<'machine.adopt'>): Promise<MachineObservation> {
    await this.#adoption.adopt(payload);
    this.#emitInventory(null);
    return this.observeMachine(payload.machine.machineId);
  }

  async releaseMachine(payload: CommandPayload<'machine.release'>): Promise<void> {
    await this.#adoption.release(payload);
    this.#emitInventory(null);
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
  async flattenVolume(payload: CommandPayload<'volume.flatten'>, context: CommandContext): Promise<void> {
    const { machineId } = payload;
    const { power } = await this.observeMachine(machineId);
    if (power === 'OFF' || power === 'ABSENT') return this.#pools.flattenVolume(payload, context);
    await pullDisk(this.#link.libvirt, refTo(machineId), volumeFile(payload), context).catch(
      (error: unknown) => {
        throw explained(error);
      },
    );
  }

  exportVolume = this.#pools.exportVolume.bind(this.#pools);
  findExport = this.#pools.findExport.bind(this.#pools);

  async startMachine(
    { machine: spec }: CommandPayload<'machine.start'>,
    { signal }: CommandContext,
  ): Promise<MachineObservation> {
    const { libvirt } = this.#link;
    const { machineId } = spec;
    const seen = await this.#observeStarted(machineId, signal);
    if (seen.power === 'ON' || seen.power === 'PAUSED') return seen;
    const definition = await this.#ready(spec);
    try {
      await this.#adoption.takeWhole(machineId);
      const domain = await defineDomain(libvirt, definition);
      this.#marks.forget(machineId);
      await startDomain(libvirt, domain);
    } catch (error) {
      const failure = explained(error);
      // Nothing of a start that failed is left; where it was defined before, that definition would be an old one.
      if (seen.power === 'ABSENT' && !(failure instanceof OutcomeUnknown))
        await this.removeMachine(machineId);
      throw failure;
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

  setGuestPassword = (payload: CommandPayload<'machine.setPassword'>) =>
    setPassword(this.#link.libvirt, payload);

  async removeMachine(machineId: MachineId): Promise<void> {
    const { libvirt } = this.#link;
    // Somebody else's may have its UUID by now: one that was let go of.
    if (await this.#adoption.isForeign(machineId)) return;
    await this.#power.pullPlug(machineId);
    await this.#adoption.dropForeignNames(machineId);
    await undefineDomain(libvirt, refTo(machineId), ['MANAGED_SAVE', 'SNAPSHOTS_METADATA', 'NVRAM']).catch(
      (error: unknown) => {
        if (!hasErrorCode(error, 'NO_DOMAIN')) throw explained(error);
      },
    );
    await this.#unready(machineId);
  }

  createSnapshot = (...[payload]: Parameters<HostDriver['createSnapshot']>) =>
    this.#snapshots.create(payload);
  findSnapshot = (...args: Parameters<HostDriver['findSnapshot']>) => this.#snapshots.find(...args);
  revertToSnapshot = (...[payload]: Parameters<HostDriver['revertToSnapshot']>) =>
    this.#snapshots.revert(payload);
  deleteSnapshot = (...[payload]: Parameters<HostDriver['deleteSnapshot']>) =>
    this.#snapshots.delete(payload);

  setIso = (...args: Parameters<HostDriver['setIso']>) => this.#drive.change(...args);

  async observeMachine(machineId: MachineId): Promise<MachineObservation> {
    const { libvirt } = this.#link;
    try {
      const domain = refTo(machineId);
      const [seen, xml] = await Promise.all([getDomainState(libvirt, domain), getDomainXml(libvirt, domain)]);
      if (this.#marks.machineIdOf({ ...domain, name: nameIn(xml) }) !== machineId)
        return { machineId, power: 'ABSENT', isoPath: null };
      const power =
        this.migration.travellers.powerOf(machineId, seen) ??
        this.#snapshots.powerOf(machineId, seen) ??
        powerOf(seen.state);
      return { machineId, power, isoPath: power === 'ABSENT' ? null : readDomainXml(xml).isoPath };
    } catch (error) {
      if (hasErrorCode(error, 'NO_DOMAIN')) return { machineId, power: 'ABSENT', isoPath: null };
      throw explained(error);
    }
  }

  /** An earlier start, whose agent died, may still be on its way in libvirt; what comes of it is waited for. */
  async #observeStarted(machineId: MachineId, signal: AbortSignal): Promise<MachineObservation> {
    for (;;) {
      const seen = await this.observeMachine(machineId);
      if (seen.power !== 'PAUSED') return seen;
      const { reason } = await getDomainState(this.#link.libvirt, refTo(machineId)).catch(
        (error: unknown) => {
          throw explained(error);
        },
      );
      if (reason !== 'STARTING_UP') return this.observeMachine(machineId);
      await sleep(startingPollMs, undefined, { signal });
    }
  }

  async readCounters(machineIds?: readonly MachineId[]): Promise<MachineCounters[]> {
    this.#reading ??= this.#readAllCounters().finally(() => (this.#reading = undefined));
    const all = await this.#reading;
    const wanted = machineIds && new Set<string>(machineIds);
    return all.filter(({ machineId }) => wanted?.has(machineId) !== false);
  }

  readHostCounters(): Promise<HostCounters> {
    return readLinuxCounters();
  }

  openConsole = (machineId: MachineId) => openScreen(this.#link.libvirt, machineId);
  openSerialPort = (machineId: MachineId) => openSerial(this.#link.libvirt, machineId);

  async close(): Promise<void> {
    await this.#link.close();
  }

  async #readAllCounters(): Promise<MachineCounters[]> {
    const { libvirt } = this.#link;
    const statistics = await getStatistics(libvirt, {
      groups: ['CPU_TOTAL', 'BALLOON', 'INTERFACE', 'BLOCK'],
      flags: ['ACTIVE', 'NOWAIT'],
    });
    const runIds = await this.#runs.idsOf(statistics.map(({ domain }) => domain));
    return statistics.flatMap((each) => {
      const machineId = this.#marks.machineIdOf(each.domain);
      const runId = runIds(each.domain);
      if (machineId === undefined || runId === undefined) return [];
      // One that is on its way here is measured where it runs.
      if (this.migration.travellers.isComing(machineId)) return [];
      return countersOf(machineId, each, runId) ?? [];
    });
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

  #onLifecycle(happened: DomainEvent<'LIFECYCLE'>): void {
    const { domain, change, detail } = happened;
    const machineId = this.#marks.machineIdOf(domain);
    if (machineId === undefined) void this.#foreignChanged(domain);
    const power = powerAfter[change];
    if (machineId === undefined || power === undefined) return;
    if (this.#snapshots.isInPassing(machineId, change)) return;
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

  /** One of somebody else's came, went, or changed; one that was kept from another time may carry a mark of ours. */
  async #foreignChanged(domain: DomainRef): Promise<void> {
    try {
      await this.#marks.look(this.#link.libvirt, domain);
    } catch (error) {
      this.#options.log.warn({ err: error, domain: domain.name }, 'a domain could not be looked at');
    }
    this.#emitInventory(null);
  }

  #emitInventory(machineId: MachineId | null): void {
    for (const listener of this.#inventoryListeners) listener(machineId);
  }

  #emit(event: MachineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
