import type { Duplex } from 'node:stream';
import type { CommandPayload, CommandResult } from '@nephos/agent-protocol/commands.ts';
import type { ForeignMachine, MachineDefinition } from '@nephos/agent-protocol/inventory.ts';
import type {
  MachineCounters,
  MachineObservation,
  PoolReference,
  PowerState,
} from '@nephos/agent-protocol/machine.ts';
import type { HostFacts } from '@nephos/agent-protocol/reports.ts';
import type { HostCounters } from '@nephos/agent-protocol/statistics.ts';
import type { CommandContext } from '@nephos/agent-runtime/command-runner.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { LiveMigration } from './migration/live-migration.ts';

type MachineId = Id<'VirtualMachine'>;

export type Space = CommandResult<'pool.attach'>;
export type ImageSizes = CommandResult<'base.install'>;

/** A machine's power changed, whoever did it: a command, the guest itself, or someone at the host. */
export interface MachineEvent {
  machineId: MachineId;
  power: PowerState;
  /** What the hypervisor gave as the reason. */
  reason: string;
}

export interface Inventory {
  /** Machines of ours, running or not. */
  machines: MachineObservation[];
}

/**
 * What runs machines on one host. Every act may be repeated and then does nothing more; an act that throws leaves
 * nothing of itself behind. What a driver cannot do stands in `facts().capabilities`.
 *
 * Acts throw `CommandFailure`: INSUFFICIENT_SPACE, INVALID_IMAGE, NOT_FOUND, IN_USE, NETWORK_UNPREPARED,
 * HYPERVISOR_ERROR (with what the hypervisor said), UNSUPPORTED, TIMEOUT.
 */
export interface HostDriver {
  /** @throws OutcomeUnknown while the hypervisor cannot be asked, and nobody can say what is there */
  assertReachable(): Promise<void>;
  facts(): Promise<HostFacts>;
  inventory(): Promise<Inventory>;
  /** Calls back for every change of power, until the function it returns is called. */
  onMachineEvent(listener: (event: MachineEvent) => void): () => void;

  /** Machines that are none of ours. */
  foreignMachines(): Promise<ForeignMachine[]>;
  /** What a machine is made of, as the hypervisor has it now; `null` for one that does not run here. */
  describeMachine(machineId: MachineId): Promise<MachineDefinition | null>;
  /**
   * Calls back when a machine of ours may be made otherwise than before, or, with `null`, when machines that are none
   * of ours may be others. Not all that happens is told: one has to look now and then all the same.
   */
  onInventoryEvent(listener: (machineId: MachineId | null) => void): () => void;
  /**
   * @throws CommandFailure NOT_FOUND, UNSUPPORTED for a disk that is not on the file system of its pool; then all is as
   * it was
   */
  adoptMachine(payload: CommandPayload<'machine.adopt'>): Promise<MachineObservation>;
  /** @throws CommandFailure IN_USE when another machine has the foreign name */
  releaseMachine(payload: CommandPayload<'machine.release'>): Promise<void>;

  attachPool(pool: PoolReference): Promise<Space>;
  /** @throws CommandFailure IN_USE while the pool holds anything */
  detachPool(pool: PoolReference): Promise<void>;
  /** The pool's space if it is attached. */
  findPool(pool: PoolReference): Promise<Space | null>;

  installBase(payload: CommandPayload<'base.install'>, context: CommandContext): Promise<ImageSizes>;
  findBase(payload: CommandPayload<'base.remove'>): Promise<ImageSizes | null>;
  removeBase(payload: CommandPayload<'base.remove'>): Promise<void>;

  createVolume(payload: CommandPayload<'volume.create'>, context: CommandContext): Promise<void>;
  hasVolume(payload: CommandPayload<'volume.delete'>): Promise<boolean>;
  deleteVolume(payload: CommandPayload<'volume.delete'>): Promise<void>;
  flattenVolume(payload: CommandPayload<'volume.flatten'>, context: CommandContext): Promise<void>;
  exportVolume(payload: CommandPayload<'volume.export'>, context: CommandContext): Promise<ImageSizes>;
  findExport(payload: CommandPayload<'volume.export'>): Promise<ImageSizes | null>;

  startMachine(
    payload: CommandPayload<'machine.start'>,
    context: CommandContext,
  ): Promise<MachineObservation>;
  stopMachine(
    payload: CommandPayload<'machine.stop'>,
    context: CommandContext,
  ): Promise<CommandResult<'machine.stop'>>;
  rebootMachine(
    payload: CommandPayload<'machine.reboot'>,
    context: CommandContext,
  ): Promise<CommandResult<'machine.reboot'>>;
  plugNic(payload: CommandPayload<'machine.plugNic'>): Promise<void>;
  /** @throws CommandFailure TIMEOUT when the guest does not let go of it */
  unplugNic(payload: CommandPayload<'machine.unplugNic'>, context: CommandContext): Promise<void>;
  /** @throws CommandFailure UNSUPPORTED beyond the headroom; then, and when the guest refuses, all is as before */
  scaleMachine(payload: CommandPayload<'machine.scale'>): Promise<void>;
  /** @throws CommandFailure HYPERVISOR_ERROR when no guest agent answers */
  setGuestPassword(payload: CommandPayload<'machine.setPassword'>): Promise<void>;
  suspendMachine(machineId: MachineId): Promise<MachineObservation>;
  resumeMachine(machineId: MachineId): Promise<MachineObservation>;
  removeMachine(machineId: MachineId): Promise<void>;
  /** @throws CommandFailure NOT_FOUND for a disk that is not there, or memory of a machine that is off */
  createSnapshot(
    payload: CommandPayload<'snapshot.create'>,
    context: CommandContext,
  ): Promise<CommandResult<'snapshot.create'>>;
  /** What its memory takes, if the snapshot is whole; removes what a crash left of a half-made one. */
  findSnapshot(payload: CommandPayload<'snapshot.create'>): Promise<CommandResult<'snapshot.create'> | null>;
  /**
   * What the machine is now is lost. Once its disks are touched, one that cannot be resumed is off.
   * @throws CommandFailure NOT_FOUND for a snapshot that is not whole, IN_USE for a machine that is not off and has no
   * memory to go back to; then nothing was touched
   */
  revertToSnapshot(
    payload: CommandPayload<'snapshot.revert'>,
    context: CommandContext,
  ): Promise<MachineObservation>;
  deleteSnapshot(payload: CommandPayload<'snapshot.delete'>, context: CommandContext): Promise<void>;
  setIso(payload: CommandPayload<'machine.setIso'>): Promise<MachineObservation>;
  /** What the host knows of a machine; never throws for one it does not know, that is `power: ABSENT`. */
  observeMachine(machineId: MachineId): Promise<MachineObservation>;

  /** Counters of running machines: of those named, or of all. One that is too busy to be measured just now is left out. */
  readCounters(machineIds?: readonly MachineId[]): Promise<MachineCounters[]>;
  /** Counters of the host itself. */
  readHostCounters(): Promise<HostCounters>;
  /** A connection to the machine's VNC server, speaking RFB from its first byte. */
  openConsole(machineId: MachineId): Promise<Duplex>;
  /** A connection to the machine's serial port; nobody else may have it open. */
  openSerialPort(machineId: MachineId): Promise<Duplex>;

  readonly migration: LiveMigration;

  close(): Promise<void>;
}
