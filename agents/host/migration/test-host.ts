import type { CommandKind, CommandPayload, CommandResult } from '@nephos/agent-protocol/commands.ts';
import type { CommandContext, CommandHandlers } from '@nephos/agent-runtime/command-runner.ts';
import type { AgentIdentity } from '@nephos/agent-runtime/identity.ts';
import { PeerListener } from '@nephos/agent-runtime/peer/peer-listener.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import pino from 'pino';
import type { HostDriver, MachineEvent } from '../driver.ts';
import { migrationCommandHandlers } from './migration-handlers.ts';

export type MigrationCommand = Extract<
  CommandKind,
  'migration.expect' | 'machine.migrate' | 'migration.forget'
>;

/** Neither cancelled nor watched. */
export const plain: CommandContext = { signal: new AbortController().signal, progress: () => undefined };

/** A host as an agent makes it, without a server: its driver, and a port that other agents come to. */
export class MigrationTestHost {
  readonly driver: HostDriver;
  readonly agentId: Id<'Agent'>;
  readonly handlers: CommandHandlers;
  readonly events: MachineEvent[] = [];
  readonly #peers: PeerListener;

  constructor(options: { driver: HostDriver; agentId: Id<'Agent'>; identity: AgentIdentity }) {
    const { driver, agentId, identity } = options;
    const log = pino({ level: process.env.NEPHOS_AGENT_LOG_LEVEL ?? 'silent' });
    this.driver = driver;
    this.agentId = agentId;
    this.#peers = new PeerListener({
      identity: () => identity,
      address: () => '127.0.0.1',
      port: 0,
      idleMs: 60_000,
      lastWordsMs: 60_000,
      log,
    });
    this.handlers = migrationCommandHandlers({
      driver,
      peers: this.#peers,
      identity: () => identity,
      log,
    });
    driver.onMachineEvent((event) => this.events.push(event));
  }

  /** Carries out a command as a command runner does, without its journal. */
  async run<Kind extends MigrationCommand>(
    kind: Kind,
    payload: CommandPayload<Kind>,
    context = plain,
  ): Promise<CommandResult<Kind>> {
    const handler = this.handlers[kind];
    if (handler === undefined) throw new Error(`no handler of ${kind}`);
    return handler.run(payload, context);
  }

  async power(machineId: Id<'VirtualMachine'>): Promise<string> {
    return (await this.driver.observeMachine(machineId)).power;
  }

  close(): Promise<void> {
    return this.#peers.close();
  }
}
