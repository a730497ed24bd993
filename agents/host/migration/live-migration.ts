import type { Duplex } from 'node:stream';
import type { CommandPayload, CommandResult } from '@nephos/agent-protocol/commands.ts';
import type { MachineObservation, MachineSpec, PowerState } from '@nephos/agent-protocol/machine.ts';
import type { CommandContext } from '@nephos/agent-runtime/command-runner.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';

/** The way to the host that expects a machine. What runs over its streams is between two drivers of one kind. */
export interface MigrationRoute {
  /** Opens a stream there. @throws CommandFailure PEER_UNREACHABLE */
  open(channel: string): Promise<Duplex>;
  /** What the machine is there. @throws CommandFailure PEER_UNREACHABLE */
  powerThere(): Promise<PowerState>;
}

/**
 * How a driver moves running machines. Whatever breaks, and whenever, a machine runs on at most one host: while it
 * is not known on which, it stands still on the one that sends it.
 */
export interface LiveMigration {
  /**
   * Destination: readies networks and all else that the machine needs here. May be repeated.
   * @throws CommandFailure UNSUPPORTED for a disk that this host does not see, NETWORK_UNPREPARED
   */
  prepare(machine: MachineSpec): Promise<void>;
  /** Destination: serves one stream of the source's, until it ends. */
  receive(machine: MachineSpec, channel: string, stream: Duplex): Promise<void>;
  /**
   * Destination, with no stream open any more: unless the machine is here, takes back what `prepare` did, and what
   * has come of the machine so far.
   */
  forget(machineId: Id<'VirtualMachine'>): Promise<MachineObservation>;

  /**
   * Source: sends a machine away. Aborted in time, or failing, it leaves the machine running here.
   * @throws CommandFailure NOT_FOUND for one that does not run here, UNSUPPORTED when the other host cannot take it,
   * PEER_UNREACHABLE, HYPERVISOR_ERROR
   */
  send(
    payload: CommandPayload<'machine.migrate'>,
    route: MigrationRoute,
    context: CommandContext,
  ): Promise<CommandResult<'machine.migrate'>>;
  /** Source, after a crash in the middle of `send`: gives up what is half done; `null`: the machine is still here. */
  settle(
    payload: CommandPayload<'machine.migrate'>,
    route: MigrationRoute,
  ): Promise<CommandResult<'machine.migrate'> | null>;
}
