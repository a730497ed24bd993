import { randomUUID } from 'node:crypto';
import {
  commands,
  type CommandEnvelope,
  type CommandKind,
  type CommandOutcome,
  type CommandPayload,
  type CommandResult,
} from '@nephos/agent-protocol/commands.ts';
import type { Instruction } from '@nephos/agent-protocol/reports.ts';
import {
  requests,
  type RequestAnswer,
  type RequestKind,
  type RequestPayload,
  type RequestReply,
} from '@nephos/agent-protocol/requests.ts';
import type { Database } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { PlatformError } from '../platform/errors.ts';
import { ServerStopping } from '../platform/jobs/job-error.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Bus } from '../platform/servers/bus.ts';
import { isAliveServer } from '../platform/servers/server-instance.ts';
import { AgentFailed, agentUnreachable } from './agent-errors.ts';
import type { AgentSession } from './agent-session.ts';

/** What a saga's step gives to the command it sends. A saga run is one. */
export interface CommandContext {
  readonly commandKey: string;
  readonly traceId: string;
  readonly signal: AbortSignal;
  progress(percent: number, detail: string): void;
}

export interface CommandOptions {
  deadlineSeconds: number;
  /** Tells commands of one kind apart that one step sends. */
  label?: string;
}

interface Outstanding {
  agentId: Id<'Agent'>;
  command: CommandEnvelope;
  progress(percent: number, detail: string): void;
  settle: PromiseWithResolvers<CommandOutcome>;
}

/** An instruction that got lost on its way is sent again after this; the agent knows it by its id. */
const askAgainMs = 15_000;
const mostInterruptions = 5;

/** Sends commands and questions to agents, wherever they are connected, and waits for what comes back. */
export class AgentDispatcher {
  readonly #db: Database;
  readonly #bus: Bus;
  readonly #metrics: Metrics;
  readonly #sessions: ReadonlyMap<string, AgentSession>;
  readonly #commands = new Map<string, Outstanding>();
  readonly #requests = new Map<string, PromiseWithResolvers<RequestReply>>();
  /** Commands and requests that another server sent through this one. */
  readonly #forwarded = new Map<string, Id<'ServerInstance'>>();
  readonly #askAgain: NodeJS.Timeout;
  #isClosed = false;

  constructor(options: {
    db: Database;
    bus: Bus;
    metrics: Metrics;
    sessions: ReadonlyMap<string, AgentSession>;
  }) {
    this.#db = options.db;
    this.#bus = options.bus;
    this.#metrics = options.metrics;
    this.#sessions = options.sessions;
    this.#bus.on('agent.instruct', ({ agentId, instruction }, from) =>
      this.#forward(agentId, instruction as Instruction, from),
    );
    this.#bus.on('agent.connected', ({ agentId }) => this.resend(agentId));
    // What gets lost here is asked for again.
    const perhaps = (work: Promise<void>) => void work.catch(() => undefined);
    this.#bus.on('agent.finished', ({ commandId, outcome }) =>
      perhaps(this.finished(commandId, outcome as CommandOutcome)),
    );
    this.#bus.on('agent.progress', ({ commandId, percent, detail }) =>
      perhaps(this.progressed(commandId, percent, detail)),
    );
    this.#bus.on('agent.answered', ({ reply }) => perhaps(this.answered(reply as RequestReply)));
    this.#askAgain = setInterval(() => this.#resendAll(), askAgainMs);
  }

  /**
   * Has an agent carry out a command and waits for the outcome, through lost connections and restarts of either
   * side: the same step sends the same id, and the agent acts once. No answer is no outcome, so there is no time-out
   * here; the agent keeps the deadline.
   * @throws AgentFailed when the agent says that it failed
   * @throws the signal's reason when the command was cancelled in time
   * @throws ServerStopping
   */
  async execute<Kind extends CommandKind>(
    context: CommandContext,
    agentId: Id<'Agent'>,
    kind: Kind,
    payload: CommandPayload<Kind>,
    options: CommandOptions,
  ): Promise<CommandResult<Kind>> {
    const key = [context.commandKey, kind, ...(options.label === undefined ? [] : [options.label])].join('.');
    const encoded = commands[kind].payload.encode(payload as never);
    for (let attempt = 1; ; attempt++) {
      const commandId = attempt === 1 ? key : `${key}#${attempt}`;
      const { traceId } = context;
      const command = {
        commandId,
        kind,
        payload: encoded,
        traceId,
        deadlineSeconds: options.deadlineSeconds,
      };
      const started = performance.now();
      const outcome = await this.#send(context, agentId, command);
      this.#metrics.commandSeconds.observe(
        { kind, status: outcome.status },
        (performance.now() - started) / 1000,
      );
      switch (outcome.status) {
        case 'SUCCEEDED':
          return commands[kind].result.decode(outcome.result as never) as CommandResult<Kind>;
        case 'FAILED':
          throw new AgentFailed(await this.#nameOf(agentId), outcome.error);
        case 'CANCELLED':
          throw context.signal.aborted
            ? context.signal.reason
            : new PlatformError('CANCELLED', 'the command was cancelled');
        case 'INTERRUPTED':
          if (attempt === mostInterruptions) {
            throw new PlatformError(
              'AGENT_UNREACHABLE',
              `agent ${agentId} was cut off ${attempt} times in the middle of ${kind}`,
            );
          }
      }
    }
  }

  /**
   * Asks an agent something.
   * @throws PlatformError AGENT_UNREACHABLE, TIMEOUT
   * @throws AgentFailed
   */
  async ask<Kind extends RequestKind>(
    agentId: Id<'Agent'>,
    kind: Kind,
    payload: RequestPayload<Kind>,
    timeoutMs = 10_000,
  ): Promise<RequestAnswer<Kind>> {
    const requestId = randomUUID();
    const settle = this.#settling<RequestReply>();
    this.#requests.set(requestId, settle);
    const timer = setTimeout(() => {
      settle.reject(
        new PlatformError('TIMEOUT', `agent ${agentId} did not answer ${kind} within ${timeoutMs / 1000} s`),
      );
    }, timeoutMs);
    try {
      const request = { requestId, kind, payload: requests[kind].payload.encode(payload as never) };
      if (!(await this.#instruct(agentId, { type: 'REQUEST', request }))) throw agentUnreachable(agentId);
      const reply = await settle.promise;
      if (reply.status === 'FAILED') throw new AgentFailed(await this.#nameOf(agentId), reply.error);
      return requests[kind].answer.decode(reply.answer as never) as RequestAnswer<Kind>;
    } finally {
      clearTimeout(timer);
      this.#requests.delete(requestId);
    }
  }

  /** An agent connected, here or elsewhere: what it was told and has not answered is told again. */
  resend(agentId: string): void {
    for (const { agentId: to, command } of this.#commands.values()) {
      if (to === agentId) this.#instructSoon(to, { type: 'COMMAND', command });
    }
  }

  async finished(commandId: string, outcome: CommandOutcome): Promise<void> {
    this.#commands.get(commandId)?.settle.resolve(outcome);
    const asker = this.#forwarded.get(commandId);
    if (asker === undefined) return;
    this.#forwarded.delete(commandId);
    await this.#bus.send(asker, 'agent.finished', { commandId, outcome });
  }

  async progressed(commandId: string, percent: number, detail: string): Promise<void> {
    this.#commands.get(commandId)?.progress(percent, detail);
    const asker = this.#forwarded.get(commandId);
    if (asker !== undefined) await this.#bus.send(asker, 'agent.progress', { commandId, percent, detail });
  }

  async answered(reply: RequestReply): Promise<void> {
    this.#requests.get(reply.requestId)?.resolve(reply);
    const asker = this.#forwarded.get(reply.requestId);
    if (asker === undefined) return;
    this.#forwarded.delete(reply.requestId);
    await this.#bus.send(asker, 'agent.answered', { reply });
  }

  /** Lets go of everything that waits: the jobs go on elsewhere. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#askAgain);
    const stopping = new ServerStopping('this server stops');
    for (const { settle } of this.#commands.values()) settle.reject(stopping);
    for (const settle of this.#requests.values()) settle.reject(stopping);
  }

  /** What is waited for. @throws ServerStopping when nobody would settle it any more */
  #settling<Outcome>(): PromiseWithResolvers<Outcome> {
    if (this.#isClosed) throw new ServerStopping('this server stops');
    const settle = Promise.withResolvers<Outcome>();
    // It may fail before it is waited for, while what was asked is still on its way.
    settle.promise.catch(() => undefined);
    return settle;
  }

  async #send(
    context: CommandContext,
    agentId: Id<'Agent'>,
    command: CommandEnvelope,
  ): Promise<CommandOutcome> {
    const settle = this.#settling<CommandOutcome>();
    const { commandId } = command;
    this.#commands.set(commandId, {
      agentId,
      command,
      settle,
      progress: (percent, detail) => context.progress(percent, detail),
    });
    const cancel = () => this.#instructSoon(agentId, { type: 'CANCEL', commandId });
    context.signal.addEventListener('abort', cancel, { once: true });
    try {
      const isConnected = await this.#instruct(agentId, { type: 'COMMAND', command });
      if (!isConnected) context.progress(0, `waiting for ${await this.#nameOf(agentId)} to connect`);
      if (context.signal.aborted) cancel();
      return await settle.promise;
    } finally {
      context.signal.removeEventListener('abort', cancel);
      this.#commands.delete(commandId);
    }
  }

  #resendAll(): void {
    for (const { agentId, command } of this.#commands.values())
      this.#instructSoon(agentId, { type: 'COMMAND', command });
  }

  /** What cannot be sent now, because the database is away say, is sent when it is asked for again. */
  #instructSoon(agentId: Id<'Agent'>, instruction: Instruction): void {
    this.#instruct(agentId, instruction).catch(() => undefined);
  }

  /** @returns whether there is a connection that it was sent to */
  async #instruct(agentId: Id<'Agent'>, instruction: Instruction): Promise<boolean> {
    const session = this.#sessions.get(agentId);
    if (session !== undefined) {
      session.send(instruction);
      return true;
    }
    const connection = await this.#db
      .selectFrom('AgentConnection')
      .select('serverId')
      .where('agentId', '=', agentId)
      .where(isAliveServer('AgentConnection.serverId'))
      .executeTakeFirst();
    if (connection === undefined) return false;
    await this.#bus.send(connection.serverId, 'agent.instruct', { agentId, instruction });
    return true;
  }

  /** Another server's instruction for an agent that is connected here. */
  #forward(agentId: string, instruction: Instruction, from: Id<'ServerInstance'>): void {
    const session = this.#sessions.get(agentId);
    if (session === undefined) return;
    if (instruction.type === 'COMMAND') this.#forwarded.set(instruction.command.commandId, from);
    if (instruction.type === 'REQUEST') this.#forwarded.set(instruction.request.requestId, from);
    session.send(instruction);
  }

  async #nameOf(agentId: Id<'Agent'>): Promise<string> {
    const agent = await this.#db
      .selectFrom('Agent')
      .select('name')
      .where('id', '=', agentId)
      .executeTakeFirst();
    return agent?.name ?? agentId;
  }
}
