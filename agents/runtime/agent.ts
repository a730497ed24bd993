import { mkdir, readFile } from 'node:fs/promises';
import { type CommandEnvelope } from '@nephos/agent-protocol/commands.ts';
import type { Hello, HelloAnswer, Instruction } from '@nephos/agent-protocol/reports.ts';
import {
  requests,
  type RequestEnvelope,
  type RequestKind,
  type RequestPayload,
  type RequestAnswer,
} from '@nephos/agent-protocol/requests.ts';
import type { Logger } from 'pino';
import { failureFacts, CommandFailure } from './command-failure.ts';
import { CommandRunner, type CommandHandlers } from './command-runner.ts';
import { enrol } from './enrol.ts';
import { findIdentity, saveIdentity, type AgentIdentity } from './identity.ts';
import { CommandJournal } from './journal.ts';
import { AgentLink } from './link.ts';
import { openTunnel } from './tunnel.ts';

export type RequestHandlers = {
  [Kind in RequestKind]?: (payload: RequestPayload<Kind>) => Promise<RequestAnswer<Kind>>;
};

export interface AgentOptions {
  kind: 'HOST' | 'STORAGE';
  name: string;
  serverUrl: string;
  /** Where key, certificate and journal are kept. */
  folder: string;
  /** File with a one-time token; read only while there is no certificate. */
  tokenFile?: string;
  log: Logger;
  commands: CommandHandlers;
  requests: RequestHandlers;
  hello(): Promise<Hello>;
  onUp?(answer: HelloAnswer): void;
  onDown?(): void;
}

/** One enrolled agent: its link, its journal, and what it does when it is told to. */
export class Agent {
  readonly #options: AgentOptions;
  readonly #journal: CommandJournal;
  readonly #runner: CommandRunner;
  /** The connection to the server, for reports. */
  readonly link: AgentLink;

  private constructor(options: AgentOptions, identity: AgentIdentity, journal: CommandJournal) {
    this.#options = options;
    this.#journal = journal;
    this.link = new AgentLink({
      serverUrl: options.serverUrl,
      identity,
      log: options.log,
      hello: () => options.hello(),
      onInstruction: (instruction) => this.#follow(instruction),
      onUp: (answer) => {
        this.#runner.tellUntold();
        options.onUp?.(answer);
      },
      onDown: () => options.onDown?.(),
      saveIdentity: (renewed) => saveIdentity(options.folder, renewed),
    });
    this.#runner = new CommandRunner({
      journal,
      handlers: options.commands,
      log: options.log,
      reportFinished: (report) => this.link.call('commandFinished', report),
      reportProgress: (report) => void this.link.call('commandProgress', report).catch(() => undefined),
    });
  }

  /**
   * Enrols if it must, settles what a crash left in the middle, and connects.
   * @throws Error when there is neither a certificate nor a token that the server takes
   */
  static async start(options: AgentOptions): Promise<Agent> {
    await mkdir(options.folder, { recursive: true, mode: 0o700 });
    const identity = (await findIdentity(options.folder)) ?? (await enrolNow(options));
    const agent = new Agent(options, identity, await CommandJournal.open(options.folder));
    agent.#runner.recover();
    agent.link.start();
    return agent;
  }

  /** Connects a stream of this machine to the server. */
  openTunnel(tunnelId: string, stream: Parameters<typeof openTunnel>[0]['stream']): Promise<void> {
    return openTunnel({ serverUrl: this.#options.serverUrl, identity: this.link.identity, tunnelId, stream });
  }

  /** Leaves the server; commands under way go on until the process ends. */
  async stop(): Promise<void> {
    await this.link.stop();
    await this.#journal.close();
  }

  #follow(instruction: Instruction): void {
    switch (instruction.type) {
      case 'COMMAND':
        void this.#accept(instruction.command);
        break;
      case 'CANCEL':
        this.#runner.cancel(instruction.commandId);
        break;
      case 'REQUEST':
        void this.#answer(instruction.request);
        break;
    }
  }

  async #accept(command: CommandEnvelope): Promise<void> {
    try {
      await this.#runner.accept(command);
    } catch (error) {
      // Only the journal itself can fail here: without it nothing may act.
      this.#options.log.fatal(
        { err: error, commandId: command.commandId },
        'command journal cannot be written',
      );
      process.exit(1);
    }
  }

  async #answer({ requestId, kind, payload }: RequestEnvelope): Promise<void> {
    const reply = await this.#replyTo(kind, payload).then(
      (answer) => ({ requestId, status: 'ANSWERED' as const, answer }),
      (error: unknown) => ({ requestId, status: 'FAILED' as const, error: failureFacts(error) }),
    );
    await this.link.call('requestAnswered', reply).catch(() => undefined);
  }

  async #replyTo(kind: RequestKind, payload: unknown): Promise<unknown> {
    const handler = this.#options.requests[kind] as ((payload: unknown) => Promise<unknown>) | undefined;
    if (handler === undefined) throw new CommandFailure('UNSUPPORTED', `this agent does not answer ${kind}`);
    const answer = await handler(requests[kind].payload.decode(payload as never));
    return requests[kind].answer.encode(answer as never);
  }
}

async function enrolNow(options: AgentOptions): Promise<AgentIdentity> {
  const { tokenFile, serverUrl, kind, name, folder, log } = options;
  if (tokenFile === undefined || tokenFile === '') {
    throw new Error(
      `not enrolled yet: give a one-time token in NEPHOS_ENROLMENT_TOKEN_FILE (no certificate in ${folder})`,
    );
  }
  const identity = await enrol({ serverUrl, token: await readFile(tokenFile, 'utf8'), kind, name });
  await saveIdentity(folder, identity);
  log.info({ serverUrl }, 'enrolled');
  return identity;
}
