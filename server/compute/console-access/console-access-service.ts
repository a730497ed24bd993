import type { Duplex } from 'node:stream';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { AgentGateway } from '../../agent-gateway/agent-gateway.ts';
import { getGuarded } from '../../identity/access/guarded-loader.ts';
import { hashSecret, newSecret } from '../../identity/secrets.ts';
import type { Actor } from '../../platform/actor.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { invalidState } from '../virtual-machine/store.ts';
import { nextState } from '../virtual-machine/state-machine.ts';

export interface ConsoleAccess {
  /** Path of the WebSocket, token included: `/console/vnc/…`. It speaks RFB, subprotocol `binary`. */
  path: string;
  expiresAt: Date;
}

const validMs = 60_000;

/** The screens of machines. */
export class ConsoleAccessService {
  readonly #platform: Platform;
  readonly #gateway: AgentGateway;

  constructor(platform: Platform, gateway: AgentGateway) {
    this.#platform = platform;
    this.#gateway = gateway;
  }

  /** Lets the actor open a machine's screen once, within a minute. */
  async grant(actor: Actor, id: Id<'VirtualMachine'>): Promise<ConsoleAccess> {
    const action = 'virtualMachine.console';
    const token = newSecret();
    const expiresAt = new Date(this.#platform.clock.now().getTime() + validMs);
    await this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const machine = await getGuarded(mutation.tx, actor, 'VirtualMachine', id, action);
      if (nextState(machine.state, 'openConsole') === undefined) throw invalidState(machine, 'openConsole');
      await mutation.tx
        .insertInto('ConsoleToken')
        .values({ tokenHash: hashSecret(token), virtualMachineId: id, userId: actor.userId, expiresAt })
        .execute();
      mutation.concerns('VirtualMachine', id, machine.accountId);
      return {};
    });
    return { path: `/console/vnc/${token}`, expiresAt };
  }

  /**
   * Uses a token up and connects to the machine's VNC server, through its host's agent.
   * @throws PlatformError UNAUTHENTICATED for a token that was used, ran out or never was; AGENT_UNREACHABLE, TIMEOUT
   */
  async open(token: string): Promise<{ machineId: Id<'VirtualMachine'>; stream: Duplex }> {
    const { db, clock } = this.#platform;
    const used = await db
      .deleteFrom('ConsoleToken')
      .using('VirtualMachine')
      .leftJoin('Host', 'Host.id', 'VirtualMachine.hostId')
      .whereRef('VirtualMachine.id', '=', 'ConsoleToken.virtualMachineId')
      .where('tokenHash', '=', hashSecret(token))
      .where('expiresAt', '>', clock.now())
      .returning(['VirtualMachine.id as machineId', 'Host.agentId'])
      .executeTakeFirst();
    if (used === undefined)
      throw new PlatformError('UNAUTHENTICATED', 'this console token was used already, or its time is over');
    const { machineId, agentId } = used;
    if (agentId === null) throw new PlatformError('INVALID_STATE', 'the machine does not run any more');
    const stream = await this.#gateway.tunnels.expect(agentId, (tunnelId) =>
      this.#gateway.dispatcher.ask(agentId, 'console.open', { machineId, tunnelId }),
    );
    return { machineId, stream };
  }
}
