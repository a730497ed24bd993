import { X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentMutation } from '@nephos/agent-protocol/agent-api.ts';
import {
  instruction as instructionShape,
  type Hello,
  type HelloAnswer,
  type Instruction,
} from '@nephos/agent-protocol/reports.ts';
import type { Logger } from 'pino';
import { makeCertificateRequest } from './certificate-request.ts';
import type { AgentIdentity } from './identity.ts';
import { LinkDown, Wire, type MutationAnswer, type MutationInput } from './wire.ts';

export interface LinkOptions {
  serverUrl: string;
  identity: AgentIdentity;
  log: Logger;
  /** The agent's inventory, taken anew for every connection. */
  hello(): Promise<Hello>;
  onInstruction(instruction: Instruction): void;
  /** After the server took the inventory: what could not be reported before is to be reported now. */
  onUp(answer: HelloAnswer): void;
  onDown?(): void;
  /** Keeps a renewed certificate. */
  saveIdentity(identity: AgentIdentity): Promise<void>;
}

const firstRetryMs = 200;
const longestRetryMs = 15_000;

/** The agent's one outgoing connection: kept up, with growing and scattered pauses between attempts. */
export class AgentLink {
  readonly #options: LinkOptions;
  readonly #stopping = new AbortController();
  readonly #tlsSession: { ticket?: Buffer } = {};
  #identity: AgentIdentity;
  #wire: Wire | undefined;
  #localAddress: string | undefined;
  #isUp = false;
  #running: Promise<void> | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#identity = options.identity;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** What the agent proves itself with now; renewed ones take the place of old ones. */
  get identity(): AgentIdentity {
    return this.#identity;
  }

  /** This machine's address on its newest connection to the server; `undefined` before the first. */
  get localAddress(): string | undefined {
    return this.#localAddress;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#wire?.close();
    await this.#running;
  }

  /** @throws LinkDown when there is no connection, or it ends before the answer */
  call<Name extends AgentMutation>(name: Name, input: MutationInput<Name>): Promise<MutationAnswer<Name>> {
    if (this.#wire === undefined || !this.#isUp) return Promise.reject(new LinkDown('not connected'));
    return this.#wire.call(name, input);
  }

  async #run(): Promise<void> {
    const { log } = this.#options;
    const isStopping = () => this.#stopping.signal.aborted;
    for (let failures = 0; !isStopping();) {
      try {
        const reason = await this.#connectOnce();
        if (isStopping()) return;
        log.warn({ reason }, 'connection to the server ended');
        // It took our hello, so it was well: whatever it was, it may be over at once.
        failures = 0;
      } catch (error) {
        if (isStopping()) return;
        log.warn({ err: error }, 'could not connect to the server');
        failures++;
      }
      // Half of the pause is random, so that the agents of a server that went away do not come back as one.
      const pause = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures, 10));
      await sleep(pause / 2 + (Math.random() * pause) / 2, undefined, {
        signal: this.#stopping.signal,
      }).catch(() => undefined);
    }
  }

  /** @returns why the connection ended */
  async #connectOnce(): Promise<string> {
    const { serverUrl, onInstruction, onUp, onDown, log } = this.#options;
    const ended = Promise.withResolvers<string>();
    const wire = new Wire({
      serverUrl,
      trust: { identity: this.#identity },
      tlsSession: this.#tlsSession,
      onClosed: ended.resolve,
    });
    this.#wire = wire;
    let heartbeat: NodeJS.Timeout | undefined;
    try {
      const answer = await wire.call('hello', await this.#options.hello());
      wire.listen((received) => {
        const parsed = instructionShape.safeParse(received);
        if (parsed.success) onInstruction(parsed.data);
        else log.error({ problem: parsed.error.message }, 'instruction of an unknown shape ignored');
      });
      this.#isUp = true;
      this.#localAddress = wire.localAddress;
      log.info({ agentId: answer.agentId }, 'connected to the server');
      onUp(answer);
      let isAwaited = false;
      heartbeat = setInterval(() => {
        // A line that lost all memory of the connection tells neither end; TCP alone would find out in a quarter of an hour.
        if (isAwaited) ended.resolve('the server does not answer');
        isAwaited = true;
        wire.call('heartbeat', undefined).then(
          () => (isAwaited = false),
          () => undefined,
        );
      }, answer.heartbeatSeconds * 1000);
      void this.#renewWhenDue(wire);
      return await ended.promise;
    } finally {
      clearInterval(heartbeat);
      const wasUp = this.#isUp;
      this.#isUp = false;
      this.#wire = undefined;
      await wire.close();
      if (wasUp) onDown?.();
    }
  }

  /** A certificate is renewed in the last third of its life, at the next connection. */
  async #renewWhenDue(wire: Wire): Promise<void> {
    const { validFromDate, validToDate } = new X509Certificate(this.#identity.certificate);
    const life = validToDate.getTime() - validFromDate.getTime();
    if (Date.now() < validToDate.getTime() - life / 3) return;
    try {
      const { privateKey, request } = makeCertificateRequest();
      const renewed = { privateKey, ...(await wire.call('renew', request)) };
      await this.#options.saveIdentity(renewed);
      this.#identity = renewed;
      delete this.#tlsSession.ticket;
      this.#options.log.info('certificate renewed');
    } catch (error) {
      this.#options.log.error({ err: error }, 'certificate could not be renewed');
    }
  }
}
