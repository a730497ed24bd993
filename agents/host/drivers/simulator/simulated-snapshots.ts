import type { CommandPayload, CommandResult } from '@nephos/agent-protocol/commands.ts';
import type { MachineObservation } from '@nephos/agent-protocol/machine.ts';
import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import type { CommandContext } from '@nephos/agent-runtime/command-runner.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { asksFor } from './sentinels.ts';
import type { SimulatedDisk, SimulatedDisks } from './simulated-disks.ts';
import type { SimulatedMachine, SimulatedState } from './simulated-state.ts';
import { simulatedFailure, volumeKey } from './simulated-storage.ts';
import type { SimulatedTime } from './simulated-time.ts';

interface SimulatedSnapshotsOptions {
  state: SimulatedState;
  disks: SimulatedDisks;
  time: SimulatedTime;
  /** Keeps what changed of the state. */
  save(): void;
  observe(machineId: Id<'VirtualMachine'>): Promise<MachineObservation>;
  emit(machine: SimulatedMachine, reason: string): void;
}

type Reference = CommandPayload<'snapshot.delete'>;

const typicalMs = 5;

/** Snapshots of simulated machines: each disk keeps what was written to it, and the root disk the memory. */
export class SimulatedSnapshots {
  readonly #options: SimulatedSnapshotsOptions;

  constructor(options: SimulatedSnapshotsOptions) {
    this.#options = options;
  }

  async create(
    payload: CommandPayload<'snapshot.create'>,
    { signal }: CommandContext,
  ): Promise<CommandResult<'snapshot.create'>> {
    const { machineId, snapshotId, name, withMemory } = payload;
    await this.#options.time.work(`snapshot.create ${name}`, typicalMs, signal);
    if (asksFor('fail-at-snapshot', name)) throw simulatedFailure(`${name} could not be kept`);
    const known = await this.find(payload);
    if (known !== null) return known;
    const machine = this.#options.state.machines[machineId];
    const isOn = machine !== undefined && machine.power !== 'OFF';
    if (withMemory && !isOn) throw new CommandFailure('NOT_FOUND', `machine ${machineId} does not run here`);
    for (const [index, [key, disk]] of this.#disksOf(payload).entries()) {
      const memory = withMemory && index === 0 && machine !== undefined ? structuredClone(machine) : null;
      disk.snapshots = { ...disk.snapshots, [snapshotId]: { content: disk.content ?? 0, memory } };
      this.#options.disks.save(key);
    }
    return { stateBytes: withMemory && isOn ? BigInt(machine.memoryBytes) : 0n };
  }

  find(payload: CommandPayload<'snapshot.create'>): Promise<CommandResult<'snapshot.create'> | null> {
    const { disks, snapshotId } = payload;
    const kept = disks.map((disk) => this.#options.disks.find(volumeKey(disk))?.snapshots?.[snapshotId]);
    if (!kept.every((each) => each !== undefined)) {
      this.#forget(payload);
      return Promise.resolve(null);
    }
    return Promise.resolve({ stateBytes: BigInt(kept[0]?.memory?.memoryBytes ?? 0) });
  }

  async revert(
    payload: CommandPayload<'snapshot.revert'>,
    { signal }: CommandContext,
  ): Promise<MachineObservation> {
    const { machineId, snapshotId, name, resumes } = payload;
    await this.#options.time.work(`snapshot.revert ${name}`, typicalMs, signal);
    if (asksFor('fail-at-revert', name)) throw simulatedFailure(`${name} did not go back`);
    const disks = this.#disksOf(payload);
    const kept = disks.map(([, disk]) => disk.snapshots?.[snapshotId]);
    const memory = kept[0]?.memory ?? null;
    if (!kept.every((each) => each !== undefined) || (resumes !== null && memory === null))
      throw new CommandFailure('NOT_FOUND', `snapshot ${snapshotId} is not whole`);
    const { power } = await this.#options.observe(machineId);
    if (resumes === null && (power === 'ON' || power === 'PAUSED'))
      throw new CommandFailure('IN_USE', `machine ${machineId} is ${power}`);
    for (const [index, [key, disk]] of disks.entries()) {
      disk.content = kept[index]?.content ?? 0;
      this.#options.disks.save(key);
    }
    if (asksFor('lost-at-revert', name)) this.#lose(machineId, name);
    if (resumes !== null && memory !== null) {
      const machine: SimulatedMachine = { ...structuredClone(memory), power: 'ON', isoPath: resumes.isoPath };
      this.#options.state.machines[machineId] = machine;
      this.#options.save();
      this.#options.emit(machine, 'from snapshot');
    }
    return this.#options.observe(machineId);
  }

  #lose(machineId: string, name: string): never {
    const machine = this.#options.state.machines[machineId];
    if (machine !== undefined && machine.power !== 'OFF') {
      machine.power = 'OFF';
      this.#options.save();
      this.#options.emit(machine, 'destroyed');
    }
    throw simulatedFailure(`${name} did not come back`);
  }

  async delete(payload: Reference, { signal }: CommandContext): Promise<void> {
    const { name } = payload;
    await this.#options.time.work(`snapshot.delete ${name}`, typicalMs, signal);
    if (asksFor('fail-at-delete-snapshot', name)) throw simulatedFailure(`${name} did not forget`);
    this.#forget(payload);
  }

  #forget({ disks, snapshotId }: Reference): void {
    for (const key of disks.map(volumeKey)) {
      const snapshots = this.#options.disks.find(key)?.snapshots;
      if (snapshots?.[snapshotId] === undefined) continue;
      Reflect.deleteProperty(snapshots, snapshotId);
      this.#options.disks.save(key);
    }
  }

  /** @throws CommandFailure NOT_FOUND for one that is not there */
  #disksOf({ disks }: Pick<Reference, 'disks'>): [string, SimulatedDisk][] {
    return disks.map((each) => {
      const key = volumeKey(each);
      const disk = this.#options.disks.find(key);
      if (disk === undefined)
        throw new CommandFailure('NOT_FOUND', `disk ${each.volumeId} is not in pool ${each.pool.poolId}`);
      return [key, disk];
    });
  }
}
