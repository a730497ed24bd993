import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import type { CommandPayload, CommandResult } from '@nephos/agent-protocol/commands.ts';
import type { MachineCounters, MachineObservation, PoolReference } from '@nephos/agent-protocol/machine.ts';
import type { HostFacts } from '@nephos/agent-protocol/reports.ts';
import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import type { CommandContext } from '@nephos/agent-runtime/command-runner.ts';
import { parseId, type Id } from '@nephos/model/kernel/ids.ts';
import { GiB, MiB } from '@nephos/model/kernel/units.ts';
import type { HostDriver, ImageSizes, Inventory, MachineEvent, Space } from '../../driver.ts';
import { asksFor } from './sentinels.ts';
import { emptyState, type SimulatedMachine, type SimulatedState, type StateFile } from './simulated-state.ts';
import type { SimulatedTime } from './simulated-time.ts';

type MachineId = Id<'VirtualMachine'>;

export interface SimulatedHostOptions {
  hostname: string;
  cpuCores: number;
  memoryMib: number;
  time: SimulatedTime;
  /** Absent: the state ends with the process. */
  file?: StateFile;
}

/** How long the work of a well-fed host takes, in milliseconds. */
const typical = { volume: 3, start: 8, stop: 5, copy: 10 } as const;
const poolBytes = 100_000n * GiB;

/** A host that exists only in memory, behind the same wire and the same commands as a real one. */
export class SimulatorDriver implements HostDriver {
  readonly #options: SimulatedHostOptions;
  readonly #state: SimulatedState;
  readonly #listeners = new Set<(event: MachineEvent) => void>();

  constructor(options: SimulatedHostOptions) {
    this.#options = options;
    this.#state = options.file?.read() ?? emptyState();
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
      capabilities: { vncConsole: false, gracefulStop: true, dhcp: false, antiSpoofing: false },
    });
  }

  inventory(): Promise<Inventory> {
    const machines = Object.values(this.#state.machines).map(observationOf);
    return Promise.resolve({ machines, strangers: [] });
  }

  onMachineEvent(listener: (event: MachineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  attachPool(pool: PoolReference): Promise<Space> {
    this.#state.pools[pool.poolId] = { path: pool.path };
    this.#save();
    return Promise.resolve({ totalBytes: poolBytes, usedBytes: 0n });
  }

  async detachPool(pool: PoolReference): Promise<void> {
    const holds = (things: Record<string, unknown>) =>
      Object.keys(things).some((key) => key.startsWith(pool.poolId));
    if (holds(this.#state.volumes)) throw new CommandFailure('IN_USE', 'the pool still holds volumes');
    for (const key of Object.keys(this.#state.bases)) {
      if (key.startsWith(pool.poolId)) Reflect.deleteProperty(this.#state.bases, key);
    }
    Reflect.deleteProperty(this.#state.pools, pool.poolId);
    this.#save();
    await Promise.resolve();
  }

  findPool(pool: PoolReference): Promise<Space | null> {
    const isKnown = pool.poolId in this.#state.pools;
    return Promise.resolve(isKnown ? { totalBytes: poolBytes, usedBytes: 0n } : null);
  }

  async installBase(
    payload: CommandPayload<'base.install'>,
    { signal }: CommandContext,
  ): Promise<ImageSizes> {
    await this.#options.time.work(`base.install ${payload.imageId}`, typical.copy, signal);
    const exported = this.#state.exports[payload.sourcePath];
    const base = exported ?? { sizeBytes: (20n * MiB).toString(), virtualSizeBytes: (66n * MiB).toString() };
    this.#state.bases[baseKey(payload)] = base;
    this.#save();
    return sizesOf(base);
  }

  findBase(payload: CommandPayload<'base.remove'>): Promise<ImageSizes | null> {
    const base = this.#state.bases[baseKey(payload)];
    return Promise.resolve(base === undefined ? null : sizesOf(base));
  }

  removeBase(payload: CommandPayload<'base.remove'>): Promise<void> {
    Reflect.deleteProperty(this.#state.bases, baseKey(payload));
    this.#save();
    return Promise.resolve();
  }

  async createVolume(payload: CommandPayload<'volume.create'>, { signal }: CommandContext): Promise<void> {
    const { name, sizeBytes, baseImageId, pool } = payload;
    await this.#options.time.work(`volume.create ${name}`, typical.volume, signal);
    if (asksFor('fail-at-volume', name)) throw simulatedFailure(`the disk of ${name} could not be made`);
    if (baseImageId !== null && !(baseKey({ pool, imageId: baseImageId }) in this.#state.bases)) {
      throw new CommandFailure('NOT_FOUND', `base image ${baseImageId} is not in pool ${pool.poolId}`);
    }
    this.#state.volumes[volumeKey(payload)] = { sizeBytes: sizeBytes.toString() };
    this.#save();
  }

  hasVolume(payload: CommandPayload<'volume.delete'>): Promise<boolean> {
    return Promise.resolve(volumeKey(payload) in this.#state.volumes);
  }

  async deleteVolume(payload: CommandPayload<'volume.delete'>): Promise<void> {
    const user = Object.values(this.#state.machines).find(
      (machine) => machine.power === 'ON' && machine.volumeIds.includes(payload.volumeId),
    );
    if (user !== undefined)
      throw new CommandFailure('IN_USE', `volume ${payload.volumeId} is in use by ${user.name}`);
    Reflect.deleteProperty(this.#state.volumes, volumeKey(payload));
    this.#save();
    await Promise.resolve();
  }

  async exportVolume(
    payload: CommandPayload<'volume.export'>,
    { signal, progress }: CommandContext,
  ): Promise<ImageSizes> {
    const volume = this.#state.volumes[volumeKey(payload)];
    if (volume === undefined) throw new CommandFailure('NOT_FOUND', `there is no volume ${payload.volumeId}`);
    progress(50, 'copying');
    await this.#options.time.work(`volume.export ${payload.volumeId}`, typical.copy, signal);
    const owner = Object.values(this.#state.machines).find(({ volumeIds }) =>
      volumeIds.includes(payload.volumeId),
    );
    if (owner !== undefined && asksFor('fail-at-export', owner.name))
      throw simulatedFailure('the copy was cut short');
    const sizes = { sizeBytes: (20n * MiB).toString(), virtualSizeBytes: volume.sizeBytes };
    this.#state.exports[payload.targetPath] = sizes;
    // A zone's image store is real even here, since its storage agent is: what is exported can be deleted there.
    if (existsSync(path.dirname(payload.targetPath))) writeFileSync(payload.targetPath, '');
    this.#save();
    return sizesOf(sizes);
  }

  findExport(payload: CommandPayload<'volume.export'>): Promise<ImageSizes | null> {
    const { targetPath } = payload;
    const sizes = this.#state.exports[targetPath];
    const wasDeleted = existsSync(path.dirname(targetPath)) && !existsSync(targetPath);
    return Promise.resolve(sizes === undefined || wasDeleted ? null : sizesOf(sizes));
  }

  async startMachine(
    { machine }: CommandPayload<'machine.start'>,
    { signal }: CommandContext,
  ): Promise<MachineObservation> {
    const { machineId, name } = machine;
    const known = this.#state.machines[machineId];
    if (known?.power === 'ON') return observationOf(known);
    await this.#options.time.work(
      `machine.start ${name}`,
      asksFor('slow-at-start', name) ? 5000 : typical.start,
      signal,
    );
    if (asksFor('fail-at-start', name)) throw simulatedFailure(`${name} did not start`);
    for (const disk of machine.disks) {
      if (!(volumeKey(disk) in this.#state.volumes)) {
        throw new CommandFailure('NOT_FOUND', `disk ${disk.volumeId} is not in pool ${disk.pool.poolId}`);
      }
    }
    const started: SimulatedMachine = {
      machineId,
      name,
      power: 'ON',
      isoPath: machine.isoPath,
      startedAt: Date.now(),
      memoryBytes: machine.memoryBytes.toString(),
      cpuCount: machine.cpuCount,
      volumeIds: machine.disks.map(({ volumeId }) => volumeId),
    };
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
    if (machine?.power !== 'ON') return { ...(await this.observeMachine(machineId)), forced: false };
    const ignores = asksFor('ignores-power-button', machine.name);
    const wait = ignores ? graceSeconds * 1000 : typical.stop;
    await this.#options.time.work(`machine.stop ${machine.name}`, wait, signal);
    if (asksFor('fail-at-stop', machine.name)) throw simulatedFailure(`${machine.name} did not stop`);
    const forced = graceSeconds === 0 || ignores;
    this.powerOff(machineId, forced ? 'destroyed' : 'shutdown');
    return { ...(await this.observeMachine(machineId)), forced };
  }

  async rebootMachine(machineId: MachineId): Promise<MachineObservation> {
    const machine = this.#state.machines[machineId];
    if (machine?.power !== 'ON')
      throw new CommandFailure('NOT_FOUND', `machine ${machineId} does not run here`);
    await this.#options.time.work(`machine.reboot ${machine.name}`, typical.start);
    machine.startedAt = Date.now();
    this.#save();
    return observationOf(machine);
  }

  removeMachine(machineId: MachineId): Promise<void> {
    const machine = this.#state.machines[machineId];
    Reflect.deleteProperty(this.#state.machines, machineId);
    this.#save();
    if (machine?.power === 'ON') this.#emit({ ...machine, power: 'OFF' }, 'destroyed');
    return Promise.resolve();
  }

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
    const running = all.filter((machine) => machine?.power === 'ON') as SimulatedMachine[];
    return Promise.resolve(running.map(countersOf));
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

  /** What someone at the host does who starts a machine behind the server's back. */
  powerOn(machineId: MachineId): void {
    this.#setPower(machineId, 'ON', 'booted');
  }

  /** Everything this host "has", for tests that compare it with the database. */
  get state(): SimulatedState {
    return structuredClone(this.#state);
  }

  #setPower(machineId: MachineId, power: 'ON' | 'OFF', reason: string): void {
    const machine = this.#state.machines[machineId];
    if (machine === undefined || machine.power === power) return;
    machine.power = power;
    if (power === 'ON') machine.startedAt = Date.now();
    this.#save();
    this.#emit(machine, reason);
  }

  #emit(machine: SimulatedMachine, reason: string): void {
    const event = { machineId: parseId('VirtualMachine', machine.machineId), power: machine.power, reason };
    for (const listener of this.#listeners) listener(event);
  }

  #save(): void {
    this.#options.file?.write(this.#state);
  }
}

function simulatedFailure(message: string): CommandFailure {
  return new CommandFailure('HYPERVISOR_ERROR', `simulated failure: ${message}`);
}

function baseKey({ pool, imageId }: { pool: PoolReference; imageId: string }): string {
  return `${pool.poolId}/${imageId}`;
}

function volumeKey({ pool, volumeId }: { pool: PoolReference; volumeId: string }): string {
  return `${pool.poolId}/${volumeId}`;
}

function sizesOf(sizes: { sizeBytes: string; virtualSizeBytes: string }): ImageSizes {
  return { sizeBytes: BigInt(sizes.sizeBytes), virtualSizeBytes: BigInt(sizes.virtualSizeBytes) };
}

function observationOf({ machineId, power, isoPath }: SimulatedMachine): MachineObservation {
  return { machineId: parseId('VirtualMachine', machineId), power, isoPath };
}

/** Counters that grow with time and differ from machine to machine, so that a mix-up of two would show. */
function countersOf(machine: SimulatedMachine): MachineCounters {
  const runs = BigInt(Date.now() - machine.startedAt);
  const salt = BigInt(Buffer.from(machine.machineId).reduce((sum, byte) => (sum * 31 + byte) % 9973, 7));
  return {
    machineId: parseId('VirtualMachine', machine.machineId),
    cpuNanoseconds: runs * (salt + 1000n) * BigInt(machine.cpuCount),
    memoryBytes: BigInt(machine.memoryBytes) - salt * 4096n,
    diskReadBytes: runs * salt * 11n,
    diskWriteBytes: runs * salt * 7n,
    diskReads: (runs * salt) / 97n,
    diskWrites: (runs * salt) / 89n,
    networkRxBytes: runs * salt * 3n,
    networkTxBytes: runs * salt * 2n,
  };
}
