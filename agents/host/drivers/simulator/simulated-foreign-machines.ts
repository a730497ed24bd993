import type { CommandPayload } from '@nephos/agent-protocol/commands.ts';
import {
  foreignMachine,
  type ForeignMachine,
  type ForeignMachineText,
  type MachineDefinition,
} from '@nephos/agent-protocol/inventory.ts';
import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import { isId, uuidOf, type Id } from '@nephos/model/kernel/ids.ts';
import type { Tampering } from './control.ts';
import { asksFor } from './sentinels.ts';
import type { DiskKeeper, SimulatedDisks } from './simulated-disks.ts';
import type { SimulatedMachine, SimulatedState } from './simulated-state.ts';
import { simulatedFailure, volumeKey } from './simulated-storage.ts';
import type { SimulatedTime } from './simulated-time.ts';

type MachineId = Id<'VirtualMachine'>;
type Handover = CommandPayload<'machine.adopt'>;
type Listener = (machineId: MachineId | null) => void;

interface SimulatedForeignMachinesOptions {
  state: SimulatedState;
  disks: SimulatedDisks;
  keeper: DiskKeeper;
  time: SimulatedTime;
  save(): void;
}

const typicalMs = 5;

/** What a simulated host has that is none of ours, how it comes to be ours, and what is done to it by others. */
export class SimulatedForeignMachines {
  readonly #options: SimulatedForeignMachinesOptions;
  readonly #listeners = new Set<Listener>();

  constructor(options: SimulatedForeignMachinesOptions) {
    this.#options = options;
  }

  list(): Promise<ForeignMachine[]> {
    return Promise.resolve(Object.values(this.#foreign).map((machine) => foreignMachine.decode(machine)));
  }

  describe(machineId: MachineId): Promise<MachineDefinition | null> {
    const machine = this.#options.state.machines[machineId];
    if (machine === undefined || machine.power === 'OFF') return Promise.resolve(null);
    return Promise.resolve({
      machineId,
      cpuCount: machine.cpuCount,
      memoryBytes: BigInt(machine.headroom?.memoryBytes ?? machine.memoryBytes),
      disks: machine.volumeIds.map((path) => ({ volumeId: isId('Volume', path) ? path : null, path })),
      nics: cardsOf(machine),
      isoPath: machine.isoPath,
    });
  }

  onEvent(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Makes a machine by other means than ours. */
  add(machine: ForeignMachineText): void {
    this.#foreign[machine.uuid] = machine;
    this.#changed(null);
  }

  remove(uuid: string): void {
    Reflect.deleteProperty(this.#foreign, uuid);
    this.#changed(null);
  }

  /** What somebody at the host does who changes a machine of ours. */
  tamper(machineId: MachineId, change: Tampering): void {
    const machine = this.#options.state.machines[machineId];
    if (machine === undefined) return;
    Object.assign(machine, change);
    this.#changed(machineId);
  }

  async adopt({ machine, foreignName, foreignPaths }: Handover): Promise<void> {
    const { state, disks, keeper, time } = this.#options;
    const { machineId, name } = machine;
    await time.work(`machine.adopt ${name}`, typicalMs);
    if (state.machines[machineId] !== undefined) return;
    const uuid = uuidOf(machineId);
    const foreign = this.#foreign[uuid];
    if (foreign === undefined)
      throw new CommandFailure('NOT_FOUND', `there is no machine ${foreignName} here`);
    if (asksFor('fail-at-adopt', name)) throw simulatedFailure(`${name} was not taken over`);
    for (const disk of machine.disks) {
      const path = pathOf(disk, { foreignName, foreignPaths });
      const found = foreign.disks.find((each) => each.path === path);
      if (found === undefined) throw new CommandFailure('NOT_FOUND', `${foreignName} has no disk ${path}`);
      disks.put(volumeKey(disk), { sizeBytes: found.sizeBytes ?? '0' }, keeper);
    }
    state.machines[machineId] = {
      machineId,
      name,
      power: foreign.power,
      isoPath: null,
      startedAt: Date.now(),
      memoryBytes: foreign.memoryBytes,
      cpuCount: foreign.cpuCount,
      headroom: null,
      volumeIds: machine.disks.map(({ volumeId }) => volumeId),
      macAddresses: foreign.nics.map(({ macAddress }) => macAddress),
      bridges: Object.fromEntries(foreign.nics.map(({ macAddress, bridge }) => [macAddress, bridge ?? ''])),
      bootMode: foreign.bootMode,
      startsFromIso: false,
      seed: null,
    };
    Reflect.deleteProperty(this.#foreign, uuid);
    this.#changed(null);
  }

  async release({ machine, foreignName, foreignPaths }: Handover): Promise<void> {
    const { state, disks, time } = this.#options;
    const { machineId, name } = machine;
    await time.work(`machine.release ${name}`, typicalMs);
    const uuid = uuidOf(machineId);
    const known = state.machines[machineId];
    const hasDisks = machine.disks.some((disk) => disks.find(volumeKey(disk)) !== undefined);
    if (known === undefined && !hasDisks) return;
    if (asksFor('fail-at-release', name)) throw simulatedFailure(`${name} was not let go of`);
    if (Object.values(this.#foreign).some((each) => each.name === foreignName))
      throw new CommandFailure('IN_USE', `another machine here is called ${foreignName}`);
    this.#foreign[uuid] = {
      uuid,
      name: foreignName,
      power: known?.power ?? 'OFF',
      cpuCount: known?.cpuCount ?? machine.cpuCount,
      memoryBytes: known?.memoryBytes ?? machine.memoryBytes.toString(),
      bootMode: machine.bootMode,
      disks: machine.disks.map((disk) => ({
        path: pathOf(disk, { foreignName, foreignPaths }),
        format: 'QCOW2',
        sizeBytes: disks.find(volumeKey(disk))?.sizeBytes ?? null,
        bus: 'virtio',
      })),
      nics:
        known === undefined
          ? machine.nics.map(({ macAddress, network }) => ({ macAddress, bridge: network.bridge }))
          : cardsOf(known),
      obstacle: null,
    };
    for (const disk of machine.disks) disks.remove(volumeKey(disk));
    Reflect.deleteProperty(state.machines, machineId);
    this.#changed(null);
  }

  get #foreign(): Record<string, ForeignMachineText> {
    return (this.#options.state.foreign ??= {});
  }

  #changed(machineId: MachineId | null): void {
    this.#options.save();
    for (const listener of this.#listeners) listener(machineId);
  }
}

function cardsOf({ macAddresses, bridges }: SimulatedMachine) {
  return macAddresses.map((macAddress) => ({ macAddress, bridge: bridges?.[macAddress] ?? null }));
}

/** Where a disk lies while its machine is none of ours. */
function pathOf(
  { volumeId, pool, deviceIndex }: Handover['machine']['disks'][number],
  { foreignName, foreignPaths }: Pick<Handover, 'foreignName' | 'foreignPaths'>,
): string {
  const given = foreignPaths.find((each) => each.volumeId === volumeId);
  return given?.path ?? `${pool.path}/volumes/${foreignName}-disk${deviceIndex}.qcow2`;
}
