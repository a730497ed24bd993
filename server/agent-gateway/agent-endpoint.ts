import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { IncomingMessage } from 'node:http';
import { execute, GraphQLError, subscribe } from 'graphql';
import { useServer, type Extra } from 'graphql-ws/use/ws';
import { createWebSocketStream, WebSocketServer, type WebSocket } from 'ws';
import type { Logger } from '../platform/log.ts';
import type { AgentConnection, AgentGateway } from './agent-gateway.ts';
import type { CertificateAuthority } from './certificate-authority.ts';

export interface AgentEndpointOptions {
  gateway: AgentGateway;
  authority: CertificateAuthority;
  /** 48 bytes, the same on every server: a TLS session begun with one is resumed with another. */
  ticketKeys: Buffer;
  host: string;
  port: number;
  log: Logger;
}

const longestMessage = 16 * 1024 * 1024;

type Connected = Extra & Record<PropertyKey, unknown> & { connection?: AgentConnection };

/** The agent port: TLS, WebSockets, and nothing else. */
export class AgentEndpoint {
  readonly #options: AgentEndpointOptions;
  #server: Server | undefined;
  #sockets: WebSocketServer | undefined;
  #tunnels: WebSocketServer | undefined;

  constructor(options: AgentEndpointOptions) {
    this.#options = options;
  }

  /** @returns the port it listens on */
  async start(): Promise<number> {
    const { authority, ticketKeys, host, port } = this.#options;
    const { privateKey, certificate } = await authority.issueForServer();
    const server = createServer({
      key: privateKey,
      cert: `${certificate}\n${authority.certificate}`,
      ca: authority.certificate,
      // Without a certificate of ours a connection gets as far as enrolment; the gateway sees to that.
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.3',
      ticketKeys,
      sessionIdContext: 'nephos-agents',
    });
    this.#server = server;
    server.on('request', (_request, response) => response.writeHead(404).end());
    this.#sockets = this.#agentSockets();
    this.#tunnels = new WebSocketServer({
      noServer: true,
      maxPayload: longestMessage,
      perMessageDeflate: false,
    });
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    return (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const client of [...(this.#sockets?.clients ?? []), ...(this.#tunnels?.clients ?? [])])
      client.terminate();
    const server = this.#server;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const pathname = URL.parse(request.url ?? '/', 'https://agents')?.pathname ?? '/';
    if (pathname === '/agent') {
      this.#sockets?.handleUpgrade(request, socket, head, (client) =>
        this.#sockets?.emit('connection', client, request),
      );
      return;
    }
    const tunnelId = /^\/tunnel\/([\w-]+)$/.exec(pathname)?.[1];
    if (tunnelId !== undefined && this.#options.gateway.tunnels.isExpected(tunnelId, certifiedId(request))) {
      this.#tunnels?.handleUpgrade(request, socket, head, (client) => {
        this.#options.gateway.tunnels.accept(tunnelId, createWebSocketStream(client));
      });
      return;
    }
    socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
  }

  #agentSockets(): WebSocketServer {
    const { gateway, log } = this.#options;
    const sockets = new WebSocketServer({
      noServer: true,
      maxPayload: longestMessage,
      perMessageDeflate: false,
    });
    useServer<never, Connected>(
      {
        connectionInitWaitTimeout: 15_000,
        onConnect: ({ extra }) => {
          const connection = connectionOf(extra.socket, extra.request);
          extra.connection = connection;
          // Not graphql-ws's `onClose`: that waits for the instructions to end, and they end with the session.
          extra.socket.once('close', () => {
            gateway.disconnected(connection).catch((error: unknown) => {
              log.warn({ err: error }, 'end of an agent connection could not be recorded');
            });
          });
        },
        onSubscribe: ({ extra }, _id, { query, variables }) => {
          const { connection } = extra;
          if (connection === undefined) return [new GraphQLError('not connected')];
          try {
            return {
              schema: gateway.schema,
              document: gateway.documentFor(connection, query),
              variableValues: variables ?? {},
              rootValue: gateway.rootFor(connection),
            };
          } catch (error) {
            return [error as GraphQLError];
          }
        },
        execute: (args) => execute(args),
        subscribe: (args) => subscribe(args),
      },
      sockets,
      0,
    );
    return sockets;
  }
}

const goodbyeMs = 1000;

/** Subject of the client's certificate, if it showed one of ours. */
function certifiedId(request: IncomingMessage): string | undefined {
  const { socket } = request;
  if (!(socket instanceof TLSSocket)) return undefined;
  if (!socket.authorized) return undefined;
  const name = socket.getPeerCertificate().subject.CN;
  return Array.isArray(name) ? undefined : name;
}

function connectionOf(socket: WebSocket, request: IncomingMessage): AgentConnection {
  return {
    certifiedId: certifiedId(request),
    clientAddress: request.socket.remoteAddress ?? '',
    session: undefined,
    isClosed: false,
    close: (code, reason) => {
      socket.close(code, reason.slice(0, 100));
      // Through a broken line no goodbye comes back.
      setTimeout(() => socket.terminate(), goodbyeMs).unref();
    },
  };
}
