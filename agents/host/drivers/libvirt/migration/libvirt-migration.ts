import { setTimeout as sleep } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import type { CommandPayload, CommandResult } from '@nephos/agent-protocol/commands.ts';
import type { MachineObservation, MachineSpec } from '@nephos/agent-protocol/machine.ts';
import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import type { CommandContext } from '@nephos/agent-runtime/command-runner.ts';
import { relay } from '@nephos/agent-runtime/peer/relay.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { Libvirt } from '@nephos/node-libvirt/connection.ts';
import { destroyDomain, getDomainState } from '@nephos/node-libvirt/domain.ts';
import { hasErrorCode } from '@nephos/node-libvirt/errors.ts';
import type { Logger } from 'pino';
import type { HostDriver } from '../../../driver.ts';
import type { LiveMigration, MigrationRoute } from '../../../migration/live-migration.ts';
import { explained, refTo } from '../domain-reference.ts';
import type { LibvirtLink } from '../libvirt-link.ts';
import { connectTo } from './carried-socket.ts';
import { channels, formatOffer } from './channels.ts';
import { controlGate } from './control-gate.ts';
import { concludeMigration, sendMachine } from './outgoing-migration.ts';
import { SocketPlaces } from './socket-places.ts';
import { Travellers } from './travellers.ts';

type MachineId = Id<'VirtualMachine'>;
type Payload = CommandPayload<'machine.migrate'>;
type Result = CommandResult<'machine.migrate'>;

export interface LibvirtMigrationOptions {
  libvirtSocket: string;
  link: LibvirtLink;
  log: Logger;
  driver: Pick<HostDriver, 'observeMachine' | 'hasVolume'>;
  /** Readies all that a machine needs on this host. @returns the definition that it would be started with */
  ready(machine: MachineSpec): Promise<string>;
  /** Takes back what `ready` did. */
  unready(machineId: MachineId): Promise<void>;
}

const lookAgainMs = 100;
/** libvirtd ends a machine that was on its way here as soon as it notices that the other end is gone. */
const endsByItselfMs = 5000;

/**
 * Moves machines between two libvirts that have no port open to each other: libvirtd and QEMU of the source talk to
 * unix sockets of the agent, which carries each connection to the other agent, and that to its libvirtd and QEMU.
 */
export class LibvirtMigration implements LiveMigration {
  readonly #options: LibvirtMigrationOptions;
  readonly #definitions = new Map<MachineId, string>();
  /** How machines on their way are to be seen. */
  readonly travellers = new Travellers();

  constructor(options: LibvirtMigrationOptions) {
    this.#options = options;
  }

  async prepare(machine: MachineSpec): Promise<void> {
    const { driver, link, libvirtSocket } = this.#options;
    const { machineId } = machine;
    if (this.travellers.isComing(machineId)) return;
    const { power } = await driver.observeMachine(machineId);
    if (power === 'ON' || power === 'PAUSED')
      throw new CommandFailure('IN_USE', `machine ${machineId} is here already`);
    for (const disk of machine.disks) {
      if (await driver.hasVolume(disk)) continue;
      throw new CommandFailure(
        'UNSUPPORTED',
        `this host does not see disk ${disk.volumeId} at ${disk.pool.path}: machines move only between hosts that share the storage of all their disks`,
        { details: { volumeId: disk.volumeId, path: disk.pool.path } },
      );
    }
    await new SocketPlaces(libvirtSocket, machineId).make(link.libvirt);
    const definition = await this.#options.ready(machine);
    this.#definitions.set(machineId, definition);
    this.travellers.expect(machineId);
  }

  async receive({ machineId }: MachineSpec, channel: string, stream: Duplex): Promise<void> {
    const { libvirtSocket, log } = this.#options;
    const { memory } = new SocketPlaces(libvirtSocket, machineId).sockets;
    const definition = this.#definitions.get(machineId);
    if (definition === undefined) throw new RangeError(`${machineId} is not expected`);
    switch (channel) {
      case channels.offer:
        stream.end(formatOffer({ definition }));
        return;
      case channels.control: {
        const gate = controlGate({ definition, memoryUri: `unix://${memory.there}` });
        gate.on('error', (error) => log.error({ err: error, machineId }, 'a migration was broken off'));
        await relay(stream, await connectTo(libvirtSocket), gate);
        return;
      }
      case channels.memory:
        await relay(stream, await connectTo(memory.here));
        return;
      default:
        throw new RangeError(`there is no channel ${channel}`);
    }
  }

  async forget(machineId: MachineId): Promise<MachineObservation> {
    const { driver, link, libvirtSocket } = this.#options;
    if (this.travellers.isComing(machineId)) {
      await endHalfCome(link.libvirt, machineId);
      this.travellers.expectNoMore(machineId);
    }
    this.#definitions.delete(machineId);
    const seen = await driver.observeMachine(machineId);
    if (seen.power === 'ABSENT') await this.#options.unready(machineId);
    await new SocketPlaces(libvirtSocket, machineId).remove();
    return seen;
  }

  async send(payload: Payload, route: MigrationRoute, context: CommandContext): Promise<Result> {
    const { link, libvirtSocket, log } = this.#options;
    this.travellers.begin(payload.machineId);
    try {
      const connect = () => link.connectAnother();
      return await sendMachine(payload, route, context, { libvirtSocket, connect, log });
    } finally {
      this.travellers.end(payload.machineId);
    }
  }

  async settle(payload: Payload, route: MigrationRoute): Promise<Result | null> {
    const { link, libvirtSocket } = this.#options;
    const outcome = await concludeMigration(link.libvirt, payload, route).catch((error: unknown) => {
      if (error instanceof CommandFailure && error.code === 'PEER_UNREACHABLE') return null;
      throw error;
    });
    await new SocketPlaces(libvirtSocket, payload.machineId).remove();
    return outcome;
  }
}

/** With its streams cut, a machine that had not come yet ends; one that had, just then, runs. */
async function endHalfCome(libvirt: Libvirt, machineId: MachineId): Promise<void> {
  const domain = refTo(machineId);
  try {
    for (const deadline = performance.now() + endsByItselfMs; performance.now() < deadline;) {
      if ((await getDomainState(libvirt, domain)).state !== 'PAUSED') return;
      await sleep(lookAgainMs);
    }
    await destroyDomain(libvirt, domain);
  } catch (error) {
    // libvirtd may end it in this very moment.
    if (!hasErrorCode(error, 'NO_DOMAIN', 'OPERATION_INVALID')) throw explained(error);
  }
}
