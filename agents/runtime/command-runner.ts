import { setTimeout as sleep } from 'node:timers/promises';
import {
  commands,
  type CommandEnvelope,
  type CommandKind,
  type CommandOutcome,
  type CommandPayload,
  type CommandResult,
} from '@nephos/agent-protocol/commands.ts';
import type { CommandFinished, CommandProgress } from '@nephos/agent-protocol/reports.ts';
import type { Logger } from 'pino';
import { CommandFailure, failureFacts, OutcomeUnknown } from './command-failure.ts';
import type { CommandJournal } from './journal.ts';

export interface CommandContext {
  /** Aborted when the server cancels the command or its deadline passes. */
  signal: AbortSignal;
  /** Reports 0 to 100 and a short sentence. */
  progress(percent: number, detail: string): void;
}

/** How one kind of command is carried out. */
export interface CommandHandler<Kind extends CommandKind> {
  /** @throws CommandFailure and leaves nothing of the command behind, but for OutcomeUnknown */
  run(payload: CommandPayload<Kind>, context: CommandContext): Promise<CommandResult<Kind>>;
  /**
   * Looks whether the command's effect is there, after a crash of the agent or the hypervisor in the middle of it;
   * changes nothing but what a half-done command left lying about. `null`: the effect is not there.
   */
  observe(payload: CommandPayload<Kind>): Promise<CommandResult<Kind> | null>;
}

export type CommandHandlers = { [Kind in CommandKind]?: CommandHandler<Kind> };

export interface CommandRunnerOptions {
  journal: CommandJournal;
  handlers: CommandHandlers;
  log: Logger;
  /** Tells the server; rejects when it cannot be told now. */
  reportFinished(report: CommandFinished): Promise<unknown>;
  reportProgress(report: CommandProgress): void;
}

type AnyHandler = CommandHandler<CommandKind>;

const observeAgainMs = 2000;

/** Carries out commands, each once, and tells the server of every outcome until it has heard. */
export class CommandRunner {
  readonly #options: CommandRunnerOptions;
  readonly #running = new Map<string, AbortController>();
  readonly #untold = new Map<string, CommandOutcome>();

  constructor(options: CommandRunnerOptions) {
    this.#options = options;
  }

  /** Settles what a crash left in the middle, by looking at what is there. */
  recover(): void {
    for (const { command } of this.#options.journal.unfinished()) void this.#settleByObservation(command);
  }

  /** Takes a command: starts it, or, if it is known, lets its outcome be told again. */
  async accept(command: CommandEnvelope): Promise<void> {
    const { commandId } = command;
    if (this.#running.has(commandId)) return;
    const known = this.#options.journal.find(commandId);
    if (known !== undefined) {
      if (known.outcome !== undefined) this.#tell(commandId, known.outcome);
      return;
    }
    const abort = new AbortController();
    this.#running.set(commandId, abort);
    await this.#options.journal.accept(command);
    await this.#finish(command, await this.#carryOut(command, abort));
  }

  cancel(commandId: string): void {
    this.#running.get(commandId)?.abort(new CancelledByServer());
  }

  /** Tells the server what it could not be told while the connection was away. */
  tellUntold(): void {
    for (const [commandId, outcome] of this.#untold) this.#tell(commandId, outcome);
  }

  async #carryOut(command: CommandEnvelope, abort: AbortController): Promise<CommandOutcome> {
    const { kind, commandId, traceId, deadlineSeconds } = command;
    const log = this.#options.log.child({ commandId, kind, traceId });
    const deadline = setTimeout(() => {
      abort.abort(new CommandFailure('TIMEOUT', `not done within ${deadlineSeconds} s`));
    }, deadlineSeconds * 1000);
    try {
      const handler = this.#handlerOf(kind);
      const payload = commands[kind].payload.safeDecode(command.payload as never);
      if (!payload.success) throw new CommandFailure('INVALID_COMMAND', payload.error.message);
      log.debug('command started');
      const result = await handler.run(payload.data, {
        signal: abort.signal,
        progress: (percent, detail) => this.#options.reportProgress({ commandId, percent, detail }),
      });
      log.info('command succeeded');
      return { status: 'SUCCEEDED', result: commands[kind].result.encode(result as never) };
    } catch (error) {
      if (error instanceof OutcomeUnknown) {
        log.warn({ err: error }, 'command was cut off');
        return await this.#lookWhatBecameOf(command);
      }
      if (abort.signal.reason instanceof CancelledByServer) {
        log.info('command cancelled');
        return { status: 'CANCELLED' };
      }
      const cause: unknown = abort.signal.aborted ? abort.signal.reason : error;
      log.warn({ err: cause }, 'command failed');
      return { status: 'FAILED', error: failureFacts(cause) };
    } finally {
      clearTimeout(deadline);
    }
  }

  async #settleByObservation(command: CommandEnvelope): Promise<void> {
    this.#running.set(command.commandId, new AbortController());
    await this.#finish(command, await this.#lookWhatBecameOf(command));
  }

  async #lookWhatBecameOf(command: CommandEnvelope): Promise<CommandOutcome> {
    const { kind, commandId } = command;
    for (;;) {
      try {
        const payload = commands[kind].payload.decode(command.payload as never);
        const result = await this.#handlerOf(kind).observe(payload);
        const outcome: CommandOutcome =
          result === null
            ? { status: 'INTERRUPTED' }
            : { status: 'SUCCEEDED', result: commands[kind].result.encode(result as never) };
        this.#options.log.info(
          { commandId, kind, status: outcome.status },
          'command settled by what is there',
        );
        return outcome;
      } catch (error) {
        // Not knowing is no outcome: the hypervisor may be starting too.
        this.#options.log.warn({ err: error, commandId, kind }, 'cannot yet see what became of a command');
        await sleep(observeAgainMs);
      }
    }
  }

  async #finish(command: CommandEnvelope, outcome: CommandOutcome): Promise<void> {
    await this.#options.journal.finish(command.commandId, outcome);
    this.#running.delete(command.commandId);
    this.#tell(command.commandId, outcome);
  }

  #tell(commandId: string, outcome: CommandOutcome): void {
    this.#untold.set(commandId, outcome);
    this.#options.reportFinished({ commandId, outcome }).then(
      () => this.#untold.delete(commandId),
      () => undefined,
    );
  }

  #handlerOf(kind: CommandKind): AnyHandler {
    const handler = this.#options.handlers[kind] as AnyHandler | undefined;
    if (handler === undefined) throw new CommandFailure('UNSUPPORTED', `this agent does not do ${kind}`);
    return handler;
  }
}

class CancelledByServer extends Error {
  override name = 'CancelledByServer';
}
