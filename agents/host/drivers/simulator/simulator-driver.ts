import type { Duplex } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import type { CommandPayload, CommandResult } from '@nephos/agent-protocol/commands.ts';
import type { MachineCounters, MachineObservation, PowerState } from '@nephos/agent-protocol/machine.ts';
import type { HostFacts } from '@nephos/agent-protocol/reports.ts';
import type { HostCounters } from '@nephos/agent-protocol/statistics.ts';
import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import type { CommandContext } from '@nephos/agent-runtime/command-runner.ts';
import { parseId, type Id } from '@nephos/model/kernel/ids.ts';
import { MiB } from '@nephos/model/kernel/units.ts';
import type { HostDriver, Inventory, MachineEvent } from '../../driver.ts';
import { asksFor } from './sentinels.ts';
import { simulatedHostCounters, simulatedMachineCounters } from './simulated-counters.ts';
import { SimulatedDisks } from './simulated-disks.ts';
import { SimulatedForeignMachines } from './simulated-foreign-machines.ts';
import { SimulatedMigration } from './simulated-migration.ts';
import { emptyState, type SimulatedMachine, type SimulatedState, type StateFile } from './simulated-state.ts';
import { SimulatedSnapshots } from './simulated-snapshots.ts';
import { SimulatedSerialPort } from './simulated-serial-port.ts';
import { SimulatedStorage, simulatedFailure, volumeKey } from './simulated-storage.ts';
import type { SimulatedTime } from './simulated-time.ts';

type MachineId = Id<'VirtualMachine'>;

export interface SimulatedHostOptions {
  hostname: string;
  cpuCores: number;
  memoryMib: number;
  time: SimulatedTime;
  /** Absent: the state ends with the process. */
  file?: StateFile;
  /** Shared with the other hosts of the process; absent: this host is alone. */
  disks?: SimulatedDisks;
}

/** How long the work of a well-fed host takes, in milliseconds. */
const typical = { start: 8, stop: 5, pause: 1 } as const;

/** A host that exists only in memory, behind the same wire and the same commands as a real one. */
export class SimulatorDriver implements HostDriver {
  readonly #options: SimulatedHostOptions;
  readonly #state: SimulatedState;
  readonly #storage: SimulatedStorage;
  readonly #disks: SimulatedDisks;
  readonly #snapshots: SimulatedSnapshots;
  readonly #bootedAt = Date.now();
  readonly #listeners = new Set<(event: MachineEvent) => void>();
  readonly migration: SimulatedMigration;
  /** Machines that are none of ours, and what somebody at the host does to ours. */
  readonly foreign: SimulatedForeignMachines;

  constructor(options: SimulatedHostOptions) {
    this.#options = options;
    this.#state = options.file?.read() ?? emptyState();
    const { time, disks = new SimulatedDisks() } = options;
    const save = () => this.#save();
    const keeper = { volumes: this.#state.volumes, save };
    disks.join(keeper);
    this.#disks = disks;
    this.#storage = new SimulatedStorage({ state: this.#state, disks, keeper, time, save });
    this.#snapshots = new SimulatedSnapshots({
      state: this.#state,
      disks,
      time,
      save,
      observe: (machineId) => this.observeMachine(machineId),
      emit: (machine, reason) => this.#emit(machine, reason),
    });
    this.foreign = new SimulatedForeignMachines({ state: this.#state, disks, keeper, time, save });
    this.migration = new SimulatedMigration({
      state: this.#state,
      disks,
      keeper,
      time,
      observe: (machineId) => this.observeMachine(machineId),
      emit: (machine, reason) => this.#emit(machine, reason),
    });
  }

  assertReachable(): Promise<void> {
    return Promise.resolve();
  }

  facts(): Promise<HostFacts> {
    const { hostname, cpuCores, memoryMib } = this.#options;
    return Promise.resolve({
      hostname,
      driver: 'simulator',
      hypervisor: 'SIMULATOR',
      acceleration: 'none',
      accelerationReason: 'machines are simulated, nothing runs',
      hypervisorVersion: '1',
      operatingSystem: 'simulated',
      cpuModel: 'simulated',
      cpuCores,
      cpuMhz: 2000,
      memoryBytes: BigInt(memoryMib) * MiB,
      capabilities: {
        vncConsole: false,
        serialConsole: true,
        gracefulStop: true,
        dhcp: false,
        antiSpoofing: false,
        liveMigration: true,
        machineSnapshots: true,
        foreignMachines: true,
        uefi: true,
      },
    });
  }

  inventory(): Promise<Inventory> {
    const machines = Object.values(this.#state.machines).map(observationOf);
    return Promise.resolve({ machines });
  }

  onMachineEvent(listener: (event: MachineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  foreignMachines = () => this.foreign.list();
  describeMachine = (machineId: MachineId) => this.foreign.describe(machineId);
  onInventoryEvent = (listener: (machineId: MachineId | null) => void) => this.foreign.onEvent(listener);

  async adoptMachine(payload: CommandPayload<'machine.adopt'>): Promise<MachineObservation> {
    await this.foreign.adopt(payload);
    return this.observeMachine(payload.machine.machineId);
  }

  releaseMachine = (...args: Parameters<HostDriver['releaseMachine']>) => this.foreign.release(...args);

  attachPool = (...args: Parameters<HostDriver['attachPool']>) => this.#storage.attachPool(...args);
  detachPool = (...args: Parameters<HostDriver['detachPool']>) => this.#storage.detachPool(...args);
  findPool = (...args: Parameters<HostDriver['findPool']>) => this.#storage.findPool(...args);
  installBase = (...args: Parameters<HostDriver['installBase']>) => this.#storage.installBase(...args);
  findBase = (...args: Parameters<HostDriver['findBase']>) => this.#storage.findBase(...args);
  removeBase = (...args: Parameters<HostDriver['removeBase']>) => this.#storage.removeBase(...args);
  createVolume = (...args: Parameters<HostDriver['createVolume']>) => this.#storage.createVolume(...args);
  hasVolume = (...args: Parameters<HostDriver['hasVolume']>) => this.#storage.hasVolume(...args);
  deleteVolume = (...args: Parameters<HostDriver['deleteVolume']>) => this.#storage.deleteVolume(...args);
  flattenVolume = (...args: Parameters<HostDriver['flattenVolume']>) => this.#storage.flattenVolume(...args);
  exportVolume = (...args: Parameters<HostDriver['exportVolume']>) => this.#storage.exportVolume(...args);
  findExport = (...args: Parameters<HostDriver['findExport']>) => this.#storage.findExport(...args);

  async startMachine(
    { machine }: CommandPayload<'machine.start'>,
    { signal }: CommandContext,
  ): Promise<MachineObservation> {
    const { machineId, name } = machine;
    const known = this.#state.machines[machineId];
    if (known !== undefined && known.power !== 'OFF') return observationOf(known);
    await this.#options.time.work(
      `machine.start ${name}`,
      asksFor('slow-at-start', name) ? 5000 : typical.start,
      signal,
    );
    if (asksFor('fail-at-start', name)) throw simulatedFailure(`${name} did not start`);
    for (const disk of machine.disks) {
      if (!(await this.#storage.hasVolume(disk))) {
        throw new CommandFailure('NOT_FOUND', `disk ${disk.volumeId} is not in pool ${disk.pool.poolId}`);
      }
    }
    const volumeIds = machine.disks.map(({ volumeId }) => volumeId);
    if (
      asksFor('fail-with-other-disk', name) &&
      known !== undefined &&
      !isDeepStrictEqual(known.volumeIds, volumeIds)
    )
      throw simulatedFailure(`${name} did not start with another disk`);
    const started: SimulatedMachine = {
      machineId,
      name,
      power: 'ON',
      isoPath: machine.isoPath,
      startedAt: Date.now(),
      memoryBytes: machine.memoryBytes.toString(),
      cpuCount: machine.cpuCount,
      volumeIds,
      headroom: machine.headroom && {
        cpuCount: machine.headroom.cpuCount,
        memoryBytes: machine.headroom.memoryBytes.toString(),
      },
      macAddresses: machine.nics.map(({ macAddress }) => macAddress),
      bridges: Object.fromEntries(
        machine.nics.map(({ macAddress, network }) => [macAddress, network.bridge]),
      ),
      bootMode: machine.bootMode,
      startsFromIso: machine.startsFromIso,
      seed: machine.seed,
    };
    this.#disks.write(machine.disks.map(volumeKey));
    this.#state.machines[machineId] = started;
    this.#save();
    this.#emit(started, 'booted');
    if (asksFor('stops-by-itself', name)) setTimeout(() => this.powerOff(machineId, 'shutdown'), 1000);
    return observationOf(started);
  }

  async stopMachine(
    { machineId, graceSeconds }: CommandPayload<'machine.stop'>,
    { signal }: CommandContext,
  ): Promise<CommandResult<'machine.stop'>> {
    const machine = this.#state.machines[machineId];
    if (machine === undefined || machine.power === 'OFF')
      return { ...(await this.observeMachine(machineId)), forced: false };
    const ignores = asksFor('ignores-power-button', machine.name);
    const wait = ignores ? graceSeconds * 1000 : typical.stop;
    await this.#options.time.work(`machine.stop ${machine.name}`, wait, signal);
    if (asksFor('fail-at-stop', machine.name)) throw simulatedFailure(`${machine.name} did not stop`);
    const forced = graceSeconds === 0 || ignores;
    this.powerOff(machineId, forced ? 'destroyed' : 'shutdown');
    return { ...(await this.observeMachine(machineId)), forced };
  }

  async rebootMachine(
    { machineId, graceSeconds }: CommandPayload<'machine.reboot'>,
    { signal }: CommandContext,
  ): Promise<CommandResult<'machine.reboot'>> {
    const machine = this.#state.machines[machineId];
    if (machine?.power !== 'ON')
      throw new CommandFailure('NOT_FOUND', `machine ${machineId} does not run here`);
    const ignores = asksFor('ignores-power-button', machine.name);
    const wait = ignores ? graceSeconds * 1000 : typical.start;
    await this.#options.time.work(`machine.reboot ${machine.name}`, wait, signal);
    machine.startedAt = Date.now();
    this.#save();
    return { ...observationOf(machine), forced: graceSeconds === 0 || ignores };
  }

  async plugNic({ machineId, nic }: CommandPayload<'machine.plugNic'>): Promise<void> {
    await this.#changeNics(machineId, (macAddresses) => [...macAddresses, nic.macAddress]);
    const machine = this.#state.machines[machineId];
    if (machine !== undefined) (machine.bridges ??= {})[nic.macAddress] = nic.network.bridge;
    this.#save();
  }

  unplugNic({ machineId, macAddress }: CommandPayload<'machine.unplugNic'>): Promise<void> {
    return this.#changeNics(machineId, (macAddresses) => macAddresses.filter((each) => each !== macAddress));
  }

  async #changeNics(machineId: MachineId, change: (macAddresses: string[]) => string[]): Promise<void> {
    const machine = this.#state.machines[machineId];
    if (machine?.power !== 'ON')
      throw new CommandFailure('NOT_FOUND', `machine ${machineId} does not run here`);
    await this.#options.time.work(`machine.changeNics ${machine.name}`, typical.pause);
    if (asksFor('fail-at-nic', machine.name))
      throw simulatedFailure(`${machine.name} did not take the change`);
    machine.macAddresses = [...new Set(change(machine.macAddresses))];
    this.#save();
  }

  async scaleMachine(payload: CommandPayload<'machine.scale'>): Promise<void> {
    const { machineId, cpuCount, memoryBytes } = payload;
    const machine = this.#state.machines[machineId];
    if (machine?.power !== 'ON')
      throw new CommandFailure('NOT_FOUND', `machine ${machineId} does not run here`);
    await this.#options.time.work(`machine.scale ${machine.name}`, typical.pause);
    const most = machine.headroom ?? machine;
    if (cpuCount > most.cpuCount || memoryBytes > BigInt(most.memoryBytes))
      throw new CommandFailure('UNSUPPORTED', `${machine.name} was not started with room for that much`);
    if (asksFor('fail-at-scale', machine.name)) throw simulatedFailure(`${machine.name} did not take more`);
    machine.cpuCount = cpuCount;
    machine.memoryBytes = memoryBytes.toString();
    this.#save();
  }

  async setGuestPassword(payload: CommandPayload<'machine.setPassword'>): Promise<void> {
    const { machineId, userName, passwordHash } = payload;
    const machine = this.#state.machines[machineId];
    if (machine?.power !== 'ON')
      throw new CommandFailure('NOT_FOUND', `machine ${machineId} does not run here`);
    await this.#options.time.work(`machine.setPassword ${machine.name}`, typical.pause);
    if (asksFor('without-guest-agent', machine.name)) throw simulatedFailure('no guest agent answers');
    machine.passwords = { ...machine.passwords, [userName]: passwordHash };
    this.#save();
  }

  async suspendMachine(machineId: MachineId): Promise<MachineObservation> {
    const machine = this.#state.machines[machineId];
    if (machine?.power !== 'ON') return this.observeMachine(machineId);
    await this.#options.time.work(`machine.suspend ${machine.name}`, typical.pause);
    if (asksFor('fail-at-suspend', machine.name))
      throw simulatedFailure(`${machine.name} did not stand still`);
    this.#setPower(machineId, 'PAUSED', 'paused');
    return this.observeMachine(machineId);
  }

  async resumeMachine(machineId: MachineId): Promise<MachineObservation> {
    const machine = this.#state.machines[machineId];
    if (machine?.power !== 'PAUSED') return this.observeMachine(machineId);
    await this.#options.time.work(`machine.resume ${machine.name}`, typical.pause);
    if (asksFor('fail-at-resume', machine.name)) throw simulatedFailure(`${machine.name} did not go on`);
    this.#setPower(machineId, 'ON', 'unpaused');
    return this.observeMachine(machineId);
  }

  removeMachine(machineId: MachineId): Promise<void> {
    const machine = this.#state.machines[machineId];
    Reflect.deleteProperty(this.#state.machines, machineId);
    this.#save();
    if (machine !== undefined && machine.power !== 'OFF')
      this.#emit({ ...machine, power: 'OFF' }, 'destroyed');
    return Promise.resolve();
  }

  createSnapshot = (...args: Parameters<HostDriver['createSnapshot']>) => this.#snapshots.create(...args);
  findSnapshot = (...args: Parameters<HostDriver['findSnapshot']>) => this.#snapshots.find(...args);
  revertToSnapshot = (...args: Parameters<HostDriver['revertToSnapshot']>) => this.#snapshots.revert(...args);
  deleteSnapshot = (...args: Parameters<HostDriver['deleteSnapshot']>) => this.#snapshots.delete(...args);

  async setIso({ machineId, isoPath }: CommandPayload<'machine.setIso'>): Promise<MachineObservation> {
    const machine = this.#state.machines[machineId];
    if (machine === undefined) throw new CommandFailure('NOT_FOUND', `there is no machine ${machineId} here`);
    machine.isoPath = isoPath;
    this.#save();
    return this.observeMachine(machineId);
  }

  observeMachine(machineId: MachineId): Promise<MachineObservation> {
    const machine = this.#state.machines[machineId];
    return Promise.resolve(machine ? observationOf(machine) : { machineId, power: 'ABSENT', isoPath: null });
  }

  readCounters(machineIds?: readonly MachineId[]): Promise<MachineCounters[]> {
    const all = machineIds?.map((id) => this.#state.machines[id]) ?? Object.values(this.#state.machines);
    const running = all.flatMap((machine) =>
      machine === undefined || machine.power === 'OFF' ? [] : [machine],
    );
    return Promise.resolve(running.map(simulatedMachineCounters));
  }

  readHostCounters(): Promise<HostCounters> {
    const machines = Object.values(this.#state.machines);
    return Promise.resolve(simulatedHostCounters({ ...this.#options, bootedAt: this.#bootedAt, machines }));
  }

  openSerialPort(machineId: MachineId): Promise<Duplex> {
    const machine = this.#state.machines[machineId];
    if (machine?.power !== 'ON')
      return Promise.reject(new CommandFailure('NOT_FOUND', `machine ${machineId} does not run here`));
    const port = new SimulatedSerialPort(machine.name);
    const unwatch = this.onMachineEvent((event) => {
      if (event.machineId === machineId && event.power === 'OFF') port.destroy();
    });
    port.once('close', unwatch);
    return Promise.resolve(port);
  }

  openConsole(): Promise<Duplex> {
    return Promise.reject(new CommandFailure('UNSUPPORTED', 'a simulated machine has no screen'));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** What a guest does that shuts itself down, or someone at the host who pulls its plug. */
  powerOff(machineId: MachineId, reason: string): void {
    this.#setPower(machineId, 'OFF', reason);
  }

  /** What someone at the host does who makes a machine stand still. */
  pause(machineId: MachineId): void {
    if (this.#state.machines[machineId]?.power === 'ON') this.#setPower(machineId, 'PAUSED', 'paused');
  }

  /** What someone at the host does who starts a machine, or lets it go on, behind the server's back. */
  powerOn(machineId: MachineId): void {
    this.#setPower(machineId, 'ON', 'booted');
  }

  /** Everything this host "has", for tests that compare it with the database. */
  get state(): SimulatedState {
    return structuredClone(this.#state);
  }

  #setPower(machineId: MachineId, power: SimulatedMachine['power'], reason: string): void {
    const machine = this.#state.machines[machineId];
    if (machine === undefined || machine.power === power) return;
    if (power === 'ON' && machine.power === 'OFF') machine.startedAt = Date.now();
    machine.power = power;
    this.#save();
    this.#emit(machine, reason);
  }

  #emit(machine: { machineId: string; power: PowerState }, reason: string): void {
    const event = { machineId: parseId('VirtualMachine', machine.machineId), power: machine.power, reason };
    for (const listener of this.#listeners) listener(event);
  }

  #save(): void {
    this.#options.file?.write(this.#state);
  }
}

function observationOf({ machineId, power, isoPath }: SimulatedMachine): MachineObservation {
  return { machineId: parseId('VirtualMachine', machineId), power, isoPath };
}
