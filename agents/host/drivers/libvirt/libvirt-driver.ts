import { chmod, mkdir, rm } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import type { CommandPayload, CommandResult } from '@nephos/agent-protocol/commands.ts';
import type { MachineCounters, MachineObservation, PowerState } from '@nephos/agent-protocol/machine.ts';
import type { HostFacts } from '@nephos/agent-protocol/reports.ts';
import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import type { CommandContext } from '@nephos/agent-runtime/command-runner.ts';
import { isId, uuidOf, type Id } from '@nephos/model/kernel/ids.ts';
import { updateDevice } from '@nephos/node-libvirt/device.ts';
import type { DomainEvent } from '@nephos/node-libvirt/domain-events.ts';
import {
  defineDomain,
  destroyDomain,
  domainByUuid,
  getDomainState,
  getDomainXml,
  listDomains,
  resetDomain,
  shutdownDomain,
  startDomain,
  undefineDomain,
} from '@nephos/node-libvirt/domain.ts';
import { hasErrorCode, LibvirtError } from '@nephos/node-libvirt/errors.ts';
import { monitorCommand } from '@nephos/node-libvirt/guest.ts';
import type { DomainRef } from '@nephos/node-libvirt/references.ts';
import { getStatistics } from '@nephos/node-libvirt/statistics.ts';
import type { Logger } from 'pino';
import type { HostDriver, Inventory, MachineEvent } from '../../driver.ts';
import type { Acceleration } from './acceleration.ts';
import { DirectoryPools } from './directory-pool.ts';
import { cdromXml, domainXml, driveAlias, readDomainXml } from './domain-xml.ts';
import { GuestNetworks } from './guest-networks.ts';
import { readHostFacts } from './host-facts.ts';
import { LibvirtLink } from './libvirt-link.ts';
import { countersOf } from './machine-counters.ts';
import { ensureGuestFilter, guestFilter } from './network-filter.ts';

type MachineId = Id<'VirtualMachine'>;

export interface LibvirtDriverOptions {
  socketPath: string;
  uri: string;
  runFolder: string;
  networkNamespace: string;
  acceleration: Acceleration;
  log: Logger;
}

/** The power button is pressed again, should the guest not have been listening yet. */
const pressAgainMs = 10_000;
const mostTrayTries = 20;

/** Machines of ours are called by their id. */
const machineIdOf = ({ name }: DomainRef): MachineId | undefined =>
  isId('VirtualMachine', name) ? name : undefined;

const refTo = (machineId: MachineId): DomainRef => domainByUuid(uuidOf(machineId));

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

/** libvirt's refusals in our terms; what is none of its own passes. */
function explained(error: unknown): unknown {
  if (!(error instanceof LibvirtError)) return error;
  const details = { libvirtCode: error.codeName, procedure: error.procedure };
  return new CommandFailure('HYPERVISOR_ERROR', error.message, { cause: error, details });
}

/** Machines on QEMU through libvirt, their disks in directories, their network on bridges. */
export class LibvirtDriver implements HostDriver {
  readonly #options: LibvirtDriverOptions;
  readonly #link: LibvirtLink;
  readonly #pools = new DirectoryPools();
  readonly #networks: GuestNetworks;
  readonly #listeners = new Set<(event: MachineEvent) => void>();

  private constructor(options: LibvirtDriverOptions, link: LibvirtLink) {
    this.#options = options;
    this.#link = link;
    this.#networks = new GuestNetworks({ runFolder: options.runFolder, namespace: options.networkNamespace });
  }

  /** @throws ConnectionFailedError when there is no libvirt at the socket */
  static async open(options: LibvirtDriverOptions): Promise<LibvirtDriver> {
    const { socketPath, uri, log } = options;
    const vncFolder = path.join(options.runFolder, 'vnc');
    await mkdir(vncFolder, { recursive: true });
    // QEMU makes its sockets there, as whichever user it runs; nobody else may touch them.
    await chmod(vncFolder, 0o1777);
    let lifecycleListener: (event: DomainEvent<'LIFECYCLE'>) => void = () => undefined;
    let reconnectedListener: () => void = () => undefined;
    const link = await LibvirtLink.open({
      socketPath,
      uri,
      log,
      prepare: ensureGuestFilter,
      onLifecycle: (event) => lifecycleListener(event),
      onReconnected: () => reconnectedListener(),
    });
    const driver = new LibvirtDriver(options, link);
    lifecycleListener = (event) => driver.#onLifecycle(event);
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
    return { machines: await Promise.all(ours.map((id) => this.observeMachine(id))), strangers };
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
    await this.#networks.plug(machineId, spec.name, spec.nics);
    const vncSocket = this.#vncSocketOf(machineId);
    await rm(vncSocket, { force: true });
    const virtType = this.#options.acceleration.kind === 'kvm' ? 'kvm' : 'qemu';
    try {
      const domain = await defineDomain(
        libvirt,
        domainXml({ spec, virtType, vncSocket, filter: guestFilter }),
      );
      await startDomain(libvirt, domain);
    } catch (error) {
      // Nothing of a start that failed is left; where it was defined before, that definition would be an old one.
      if (seen.power === 'ABSENT') await this.removeMachine(machineId);
      throw explained(error);
    }
    return this.observeMachine(machineId);
  }

  async stopMachine(
    { machineId, graceSeconds }: CommandPayload<'machine.stop'>,
    { signal }: CommandContext,
  ): Promise<CommandResult<'machine.stop'>> {
    const deadline = performance.now() + graceSeconds * 1000;
    const stopped = this.#waitForOff(machineId);
    try {
      while (performance.now() < deadline) {
        signal.throwIfAborted();
        if (await this.#isOff(machineId)) return { ...(await this.observeMachine(machineId)), forced: false };
        // A guest that does not listen, or is just going down, refuses it; the plug comes later.
        await shutdownDomain(this.#link.libvirt, refTo(machineId), ['ACPI_POWER_BTN']).catch(() => undefined);
        await Promise.race([stopped.promise, delay(Math.min(pressAgainMs, deadline - performance.now()))]);
      }
      if (await this.#isOff(machineId)) return { ...(await this.observeMachine(machineId)), forced: false };
      await this.#pullPlug(machineId);
      return { ...(await this.observeMachine(machineId)), forced: true };
    } finally {
      stopped.end();
    }
  }

  async rebootMachine(machineId: MachineId): Promise<MachineObservation> {
    await resetDomain(this.#link.libvirt, refTo(machineId)).catch((error: unknown) => {
      throw explained(error);
    });
    return this.observeMachine(machineId);
  }

  async removeMachine(machineId: MachineId): Promise<void> {
    const { libvirt } = this.#link;
    await this.#pullPlug(machineId);
    await undefineDomain(libvirt, refTo(machineId), ['MANAGED_SAVE', 'SNAPSHOTS_METADATA', 'NVRAM']).catch(
      (error: unknown) => {
        if (!hasErrorCode(error, 'NO_DOMAIN')) throw explained(error);
      },
    );
    await this.#networks.unplug(machineId);
    await rm(this.#vncSocketOf(machineId), { force: true });
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
      const [{ state }, xml] = await Promise.all([
        getDomainState(libvirt, domain),
        getDomainXml(libvirt, domain),
      ]);
      return { machineId, power: powerOf(state), isoPath: readDomainXml(xml).isoPath };
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
      return machineId === undefined || wanted?.has(machineId) === false ? [] : [countersOf(machineId, each)];
    });
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

  async close(): Promise<void> {
    await this.#link.close();
  }

  #vncSocketOf(machineId: MachineId): string {
    return path.join(this.#options.runFolder, 'vnc', `${uuidOf(machineId)}.sock`);
  }

  async #isOff(machineId: MachineId): Promise<boolean> {
    const { power } = await this.observeMachine(machineId);
    return power === 'OFF' || power === 'ABSENT';
  }

  /**
   * A guest that resets its drive (a BIOS that looks for something to start from does) closes the tray without QEMU
   * saying so. libvirt then takes it for open and does not open it again.
   */
  async #openTray(machineId: MachineId): Promise<void> {
    const command = { execute: 'blockdev-open-tray', arguments: { id: driveAlias, force: true } };
    await monitorCommand(this.#link.libvirt, refTo(machineId), command).catch(() => undefined);
  }

  async #pullPlug(machineId: MachineId): Promise<void> {
    await destroyDomain(this.#link.libvirt, refTo(machineId)).catch((error: unknown) => {
      if (!hasErrorCode(error, 'NO_DOMAIN', 'OPERATION_INVALID')) throw explained(error);
    });
  }

  #waitForOff(machineId: MachineId): { promise: Promise<void>; end(): void } {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const end = this.onMachineEvent((event) => {
      if (event.machineId === machineId && event.power === 'OFF') resolve(undefined);
    });
    return { promise, end };
  }

  #onLifecycle({ domain, change, detail }: DomainEvent<'LIFECYCLE'>): void {
    const machineId = machineIdOf(domain);
    const power = powerAfter[change];
    if (machineId === undefined || power === undefined) return;
    this.#emit({ machineId, power, reason: detail.toLowerCase() });
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

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, milliseconds));
  });
}
