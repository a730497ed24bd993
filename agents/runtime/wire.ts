import type { TLSSocket } from 'node:tls';
import { agentMutations, agentOperations, type AgentMutation } from '@nephos/agent-protocol/agent-api.ts';
import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';
import type { z } from 'zod';
import { connectSecurely, type ServerTrust, type TlsSession } from './secure-socket.ts';

export type MutationInput<Name extends AgentMutation> = z.output<(typeof agentMutations)[Name]['input']>;
export type MutationAnswer<Name extends AgentMutation> = z.output<(typeof agentMutations)[Name]['answer']>;

/** The connection ended, or the server refused it. */
export class LinkDown extends Error {
  override name = 'LinkDown';
}

export interface WireOptions {
  /** `wss://host:8250` */
  serverUrl: string;
  trust: ServerTrust;
  tlsSession?: TlsSession;
  onClosed(reason: string): void;
}

const pingMs = 10_000;
const longestSilenceMs = 30_000;

/** One connection to a server's agent port; it does not reconnect. */
export class Wire {
  readonly #client: Client;
  #silence: NodeJS.Timeout | undefined;
  #socket: TLSSocket | undefined;

  constructor(options: WireOptions) {
    const url = new URL(options.serverUrl);
    const connect = () => (this.#socket = connectSecurely(url, options.trust, options.tlsSession));
    class AgentSocket extends WebSocket {
      constructor(address: string | URL, protocols?: string | string[]) {
        super(address, protocols, {
          createConnection: connect,
          handshakeTimeout: 15_000,
          perMessageDeflate: false,
        });
      }
    }
    this.#client = createClient({
      url: new URL('/agent', url).href,
      webSocketImpl: AgentSocket,
      lazy: false,
      retryAttempts: 0,
      keepAlive: pingMs,
      connectionAckWaitTimeout: 60_000,
      onNonLazyError: () => undefined,
      on: {
        // An answer may take long, the server's to a hello of thousands for one. That the line is dead must show earlier.
        ping: (isReceived) => {
          if (!isReceived) this.#silence = setTimeout(() => this.#client.terminate(), longestSilenceMs);
        },
        pong: (isReceived) => {
          if (isReceived) clearTimeout(this.#silence);
        },
        closed: (event) => {
          clearTimeout(this.#silence);
          const { code, reason } = event as { code?: number; reason?: string };
          options.onClosed(
            reason === undefined || reason === '' ? `closed with ${code ?? 'no code'}` : reason,
          );
        },
        error: (error) => {
          options.onClosed(error instanceof Error ? error.message : 'connection failed');
        },
      },
    });
  }

  /** This machine's address on the connection; `undefined` before it stands. */
  get localAddress(): string | undefined {
    return this.#socket?.localAddress;
  }

  /**
   * Runs one of the protocol's mutations.
   * @throws LinkDown when the connection ends before the answer
   * @throws Error with the server's words when it refuses
   */
  async call<Name extends AgentMutation>(
    name: Name,
    input: MutationInput<Name>,
  ): Promise<MutationAnswer<Name>> {
    const shape = agentMutations[name];
    const variables = input === undefined ? {} : { input: shape.input.encode(input as never) };
    const answer = await new Promise<Record<string, unknown>>((resolve, reject) => {
      let received: Record<string, unknown> | undefined;
      this.#client.subscribe(
        { query: agentOperations[name], variables },
        {
          next: ({ data, errors }) => {
            if (data) received = data;
            else reject(new Error(errors?.[0]?.message ?? 'empty answer'));
          },
          error: (error) => reject(asLinkDown(error)),
          complete: () => (received ? resolve(received) : reject(new LinkDown('closed before the answer'))),
        },
      );
    });
    return shape.answer.decode(answer[name] as never) as MutationAnswer<Name>;
  }

  /** Delivers the server's instructions, as they came over the wire, until the connection ends. */
  listen(onInstruction: (instruction: unknown) => void): void {
    this.#client.subscribe<{ instructions: unknown }>(
      { query: agentOperations.instructions },
      {
        next: ({ data }) => {
          if (data) onInstruction(data.instructions);
        },
        // The end of the connection is reported once, by `onClosed`.
        error: () => undefined,
        complete: () => undefined,
      },
    );
  }

  async close(): Promise<void> {
    await this.#client.dispose();
  }
}

function asLinkDown(error: unknown): Error {
  if (Array.isArray(error)) return new Error(String((error[0] as { message?: string }).message));
  if (error instanceof Error) return new LinkDown(error.message, { cause: error });
  const { code, reason } = error as { code?: number; reason?: string };
  return new LinkDown(reason === undefined || reason === '' ? `closed with ${code ?? 'no code'}` : reason);
}
