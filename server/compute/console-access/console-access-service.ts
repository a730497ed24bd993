import type { Duplex } from 'node:stream';
import type { ConsoleKind } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { AgentGateway } from '../../agent-gateway/agent-gateway.ts';
import { getForChange } from '../../identity/access/guarded-loader.ts';
import { findActorAgain, type EntryPoint } from '../../identity/access/actor-store.ts';
import { hashSecret, newSecret } from '../../identity/secrets.ts';
import type { Actor } from '../../platform/actor.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { invalidState } from '../virtual-machine/store.ts';
import { nextState } from '../virtual-machine/state-machine.ts';

export interface ConsoleAccess {
  /** Path of the WebSocket, token included: `/console/vnc/…` speaks RFB, `/console/serial/…` bytes as they are. */
  path: string;
  expiresAt: Date;
}

/** A screen that was opened. */
export interface OpenConsole {
  machineId: Id<'VirtualMachine'>;
  stream: Duplex;
  viewer: Actor;
  /** Looks whether they still may: `null` when not. */
  findViewer(): Promise<Actor | null>;
}

const validMs = 60_000;

/** The screens and serial ports of machines. */
export class ConsoleAccessService {
  readonly #platform: Platform;
  readonly #gateway: AgentGateway;

  constructor(platform: Platform, gateway: AgentGateway) {
    this.#platform = platform;
    this.#gateway = gateway;
  }

  /** Lets the actor open a machine's screen, or its serial port, once, within a minute. */
  async grant(actor: Actor, id: Id<'VirtualMachine'>, kind: ConsoleKind): Promise<ConsoleAccess> {
    const action = 'virtualMachine.console';
    const token = newSecret();
    const expiresAt = new Date(this.#platform.clock.now().getTime() + validMs);
    await this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const machine = await getForChange(mutation.tx, actor, 'VirtualMachine', id, action);
      if (nextState(machine.state, 'openConsole') === undefined) throw invalidState(machine, 'openConsole');
      await mutation.tx
        .insertInto('ConsoleToken')
        .values({
          tokenHash: hashSecret(token),
          kind,
          virtualMachineId: id,
          userId: actor.userId,
          sessionId: actor.sessionId,
          apiKeyId: actor.apiKeyId,
          expiresAt,
        })
        .execute();
      mutation.concerns('VirtualMachine', id, machine.accountId);
      return {};
    });
    return { path: `/console/${kind.toLowerCase()}/${token}`, expiresAt };
  }

  /**
   * Uses a token up and connects to the machine's VNC server or serial port, through its host's agent.
   * @throws PlatformError UNAUTHENTICATED for a token that was used, ran out, never was, or whose owner may no longer;
   * AGENT_UNREACHABLE, TIMEOUT
   */
  async open(token: string, clientAddress: string): Promise<OpenConsole> {
    const { db, clock } = this.#platform;
    const used = await db
      .deleteFrom('ConsoleToken')
      .using('VirtualMachine')
      .leftJoin('Host', 'Host.id', 'VirtualMachine.hostId')
      .whereRef('VirtualMachine.id', '=', 'ConsoleToken.virtualMachineId')
      .where('tokenHash', '=', hashSecret(token))
      .where('expiresAt', '>', clock.now())
      .returning([
        'VirtualMachine.id as machineId',
        'Host.agentId',
        'ConsoleToken.kind',
        'ConsoleToken.userId',
        'ConsoleToken.sessionId',
        'ConsoleToken.apiKeyId',
      ])
      .executeTakeFirst();
    const gone = () =>
      new PlatformError('UNAUTHENTICATED', 'this console token was used already, or its time is over');
    if (used === undefined) throw gone();
    const { machineId, agentId, kind, ...entry } = used;
    const findViewer = () => this.#findViewer({ ...entry, clientAddress }, machineId);
    const viewer = await findViewer();
    if (viewer === null) throw gone();
    if (agentId === null) throw new PlatformError('INVALID_STATE', 'the machine does not run any more');
    const stream = await this.#gateway.tunnels.expect(agentId, (tunnelId) =>
      this.#gateway.dispatcher.ask(agentId, 'console.open', {
        machineId,
        tunnelId,
        ...(kind === 'SERIAL' && { kind }),
      }),
    );
    return { machineId, stream, viewer, findViewer };
  }

  /** Who looks at a screen, while they still may. */
  async #findViewer(entry: EntryPoint, machineId: Id<'VirtualMachine'>): Promise<Actor | null> {
    const { db, clock } = this.#platform;
    const viewer = await findActorAgain(db, entry, clock.now());
    if (viewer === undefined) return null;
    try {
      await getForChange(db, viewer, 'VirtualMachine', machineId, 'virtualMachine.console');
      return viewer;
    } catch (error) {
      if (error instanceof PlatformError) return null;
      throw error;
    }
  }
}
