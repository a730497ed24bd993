import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { CommandPayload, CommandResult } from '@nephos/agent-protocol/commands.ts';
import type { LibvirtDriverOptions } from '@nephos/host-agent/drivers/libvirt/libvirt-driver.ts';
import type { MigrationCommand } from '@nephos/host-agent/migration/test-host.ts';
import type { AgentIdentity } from '@nephos/agent-runtime/identity.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';

export interface HostProcessOptions {
  agentId: Id<'Agent'>;
  identity: AgentIdentity;
  driver: Omit<LibvirtDriverOptions, 'log'>;
}

/** What the process is asked, over Node's own channel between parent and child. */
export type HostQuestion = { id: number } & (
  | { ask: 'start'; options: HostProcessOptions }
  | { ask: 'run' | 'observe'; kind: MigrationCommand; payload: unknown }
);
/** What it says: how a question ended, or how far it is. */
export type HostAnswer =
  | { id: number; answer: unknown }
  | { id: number; failure: { message: string; code: string | undefined } }
  | { percent: number; detail: string };

/**
 * The host's half of an agent, driver, commands and port for other hosts, in a process that can be killed. It has no
 * journal and no server.
 */
export class HostProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #nextId = 1;
  /** Called with what running commands report. */
  onProgress: (percent: number) => void = () => undefined;

  private constructor() {
    this.#child = fork(path.join(import.meta.dirname, 'host-process-main.ts'), {
      serialization: 'advanced',
      execArgv: [],
    });
    this.#child.on('message', (message: HostAnswer) => this.#hear(message));
    this.#child.once('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the host process has ended'));
      this.#waiting.clear();
    });
  }

  static async start(options: HostProcessOptions): Promise<HostProcess> {
    const host = new HostProcess();
    await host.#ask({ ask: 'start', options });
    return host;
  }

  run<Kind extends MigrationCommand>(
    kind: Kind,
    payload: CommandPayload<Kind>,
  ): Promise<CommandResult<Kind>> {
    return this.#ask({ ask: 'run', kind, payload }) as Promise<CommandResult<Kind>>;
  }

  /** What a restarted agent finds to have become of a command. */
  observe<Kind extends MigrationCommand>(
    kind: Kind,
    payload: CommandPayload<Kind>,
  ): Promise<CommandResult<Kind> | null> {
    return this.#ask({ ask: 'observe', kind, payload }) as Promise<CommandResult<Kind> | null>;
  }

  /** Ends it without a word. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }

  #ask(
    question:
      | { ask: 'start'; options: HostProcessOptions }
      | { ask: 'run' | 'observe'; kind: MigrationCommand; payload: unknown },
  ): Promise<unknown> {
    const id = this.#nextId++;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(id, answer);
    this.#child.send({ id, ...question } satisfies HostQuestion, (error) => {
      if (error !== null) answer.reject(error);
    });
    return answer.promise;
  }

  #hear(message: HostAnswer): void {
    if (!('id' in message)) {
      this.onProgress(message.percent);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ('failure' in message) {
      const { message: text, code } = message.failure;
      waiting?.reject(Object.assign(new Error(text), { code }));
    } else {
      waiting?.resolve(message.answer);
    }
  }
}
