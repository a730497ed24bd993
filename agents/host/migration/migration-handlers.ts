import type { CommandPayload } from '@nephos/agent-protocol/commands.ts';
import { powerState, type MachineSpec } from '@nephos/agent-protocol/machine.ts';
import type { CommandHandlers } from '@nephos/agent-runtime/command-runner.ts';
import type { AgentIdentity } from '@nephos/agent-runtime/identity.ts';
import { readLine } from '@nephos/agent-runtime/peer/read-line.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { PeerListener } from '@nephos/agent-runtime/peer/peer-listener.ts';
import { openPeerStream } from '@nephos/agent-runtime/peer/peer-stream.ts';
import type { Logger } from 'pino';
import type { HostDriver } from '../driver.ts';
import type { MigrationRoute } from './live-migration.ts';

export interface MigrationOptions {
  driver: Pick<HostDriver, 'migration' | 'observeMachine'>;
  peers: PeerListener;
  identity(): AgentIdentity;
  log: Logger;
}

/** On this channel an agent says what a machine is on its host, and nothing else. */
const powerChannel = 'power';
const answerTimeoutMs = 15_000;

/** What the commands of a migration mean, on the host that a machine leaves and on the one that it comes to. */
export function migrationCommandHandlers(options: MigrationOptions): CommandHandlers {
  const { driver, peers, log } = options;
  const { migration } = driver;
  /** By which ticket a machine comes, or came last. */
  const arrivals = new Map<Id<'VirtualMachine'>, string>();
  const forget = (machineId: Id<'VirtualMachine'>, ticket: string) => {
    if (arrivals.get(machineId) === ticket) arrivals.delete(machineId);
    return migration.forget(machineId);
  };
  return {
    'migration.expect': {
      run: async ({ machine, sourceAgentId, ticket }) => {
        const { machineId } = machine;
        const earlier = arrivals.get(machineId);
        arrivals.set(machineId, ticket);
        // It has been here since and gone again: nobody asks any more how it came then.
        if (earlier !== undefined && earlier !== ticket) await peers.forget(earlier);
        await migration.prepare(machine);
        return peers.expect({
          ticket,
          agentId: sourceAgentId,
          onStream: async (channel, stream) => {
            if (channel === powerChannel) {
              await tellPower(driver, machine, stream);
              return;
            }
            await migration.receive(machine, channel, stream);
            // The source may still have to ask where it is, should it not have heard.
            const { power } = await driver.observeMachine(machineId);
            if (power === 'ON') peers.letGo(ticket);
          },
          onIdle: () => {
            // The end of waiting for one arrival is not the end of the next.
            if (arrivals.get(machineId) !== ticket) return;
            forget(machineId, ticket).catch((error: unknown) => {
              log.warn({ err: error }, 'what was prepared for a machine could not be taken back');
            });
          },
        });
      },
      // The port was closed with the process that had opened it.
      observe: () => Promise.resolve(null),
    },
    'machine.migrate': {
      run: (payload, context) => migration.send(payload, routeOf(payload, options), context),
      observe: (payload) => migration.settle(payload, routeOf(payload, options)),
    },
    'migration.forget': {
      run: async ({ machineId, ticket }) => {
        await peers.forget(ticket);
        const { power } = await forget(machineId, ticket);
        return { power };
      },
      observe: () => Promise.resolve(null),
    },
  };
}

async function tellPower(
  driver: MigrationOptions['driver'],
  { machineId }: MachineSpec,
  stream: NodeJS.WritableStream,
): Promise<void> {
  const { power } = await driver.observeMachine(machineId);
  stream.end(`${power}\n`);
}

function routeOf(
  { destination, ticket }: CommandPayload<'machine.migrate'>,
  { identity }: MigrationOptions,
): MigrationRoute {
  const open = (channel: string) =>
    openPeerStream({ identity: identity(), peer: destination, ticket, channel });
  return {
    open,
    powerThere: async () => {
      const stream = await open(powerChannel);
      try {
        return powerState.parse(await readLine(stream, { timeoutMs: answerTimeoutMs }));
      } finally {
        stream.destroy();
      }
    },
  };
}
