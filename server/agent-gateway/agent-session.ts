import type { Instruction } from '@nephos/agent-protocol/reports.ts';
import type { AgentKind } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';

export interface AgentSessionOptions {
  agentId: Id<'Agent'>;
  kind: AgentKind;
  name: string;
  connectedAt: Date;
  /** It was told to give a sign of life this often. */
  heartbeatSeconds: number;
  /** Ends the connection. */
  close(reason: string): void;
}

/** One agent's connection to this server, from its hello to its end. */
export class AgentSession {
  readonly agentId: Id<'Agent'>;
  readonly kind: AgentKind;
  readonly name: string;
  readonly connectedAt: Date;
  readonly heartbeatSeconds: number;
  readonly close: (reason: string) => void;
  #lastHeard = performance.now();
  #waiting: Instruction[] = [];
  #arrived = Promise.withResolvers<undefined>();
  #isOver = false;

  constructor(options: AgentSessionOptions) {
    this.agentId = options.agentId;
    this.kind = options.kind;
    this.name = options.name;
    this.connectedAt = options.connectedAt;
    this.heartbeatSeconds = options.heartbeatSeconds;
    this.close = options.close;
  }

  /** Milliseconds since the agent last said anything. */
  get silence(): number {
    return performance.now() - this.#lastHeard;
  }

  heard(): void {
    this.#lastHeard = performance.now();
  }

  send(instruction: Instruction): void {
    this.#waiting.push(instruction);
    this.#arrived.resolve(undefined);
  }

  /** The connection is gone: `instructions` comes to its end. */
  end(): void {
    this.#isOver = true;
    this.#arrived.resolve(undefined);
  }

  /** What was sent, in order, until the connection ends. */
  async *instructions(): AsyncGenerator<{ instructions: Instruction }, void, undefined> {
    while (!this.#isOver) {
      await this.#arrived.promise;
      this.#arrived = Promise.withResolvers();
      for (const instruction of this.#waiting.splice(0)) yield { instructions: instruction };
    }
  }
}
