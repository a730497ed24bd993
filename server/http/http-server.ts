import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { roleAllows } from '../identity/access/permissions.ts';
import { credentialsOf, findActor } from './authentication.ts';
import { ConsoleWebsocket } from './console-websocket.ts';
import { GraphqlHttp, type GraphqlHttpOptions } from './graphql-http.ts';
import { GraphqlWebsocket } from './graphql-websocket.ts';
import type { Health } from './health.ts';
import type { StaticFiles } from './static-files.ts';

export interface HttpServerOptions extends GraphqlHttpOptions {
  health: Health;
  files: StaticFiles;
  host: string;
  port: number;
}

const longestBody = 1024 * 1024;
const loopback = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** The public port: API, console, screens, health. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #server: Server;
  readonly #graphql: GraphqlHttp;
  readonly #websocket: GraphqlWebsocket;
  readonly #consoles: ConsoleWebsocket;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    const { platform, services } = options;
    this.#graphql = new GraphqlHttp(options);
    this.#websocket = new GraphqlWebsocket(options);
    this.#consoles = new ConsoleWebsocket(services.consoleAccess, platform.log);
    this.#server = createServer((request, response) => {
      this.#route(request, response).catch((error: unknown) => {
        platform.log.error({ err: error }, 'HTTP request failed');
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
    });
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** @returns the port it listens on */
  async start(): Promise<number> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#websocket.stop();
    this.#consoles.stop();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    // Requests under way get a moment to finish; streams have none to wait for.
    const patience = setTimeout(() => this.#server.closeAllConnections(), 1000);
    await closed;
    clearTimeout(patience);
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { health, files } = this.#options;
    const pathname = pathOf(request);
    switch (pathname) {
      case '/graphql':
        if (refusesBody(request, response)) return;
        return this.#graphql.handle(request, response);
      case '/healthz': {
        health.live(response);
        return;
      }
      case '/readyz':
        return health.ready(response);
      case '/metrics':
        if (!(await this.#mayReadMetrics(request))) {
          response
            .writeHead(403, { 'content-type': 'text/plain' })
            .end('metrics are for this machine and for administrators\n');
          return;
        }
        return health.metrics(response);
      default:
        files.serve(request, response, pathname);
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const pathname = pathOf(request);
    const token = /^\/console\/vnc\/([\w-]{20,100})$/.exec(pathname)?.[1];
    if (pathname === '/graphql') this.#websocket.upgrade(request, socket, head);
    else if (token !== undefined) void this.#consoles.upgrade(request, socket, head, token);
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
  }

  async #mayReadMetrics(request: IncomingMessage): Promise<boolean> {
    const address = request.socket.remoteAddress ?? '';
    // Behind a proxy everybody comes from loopback: then only administrators may.
    const isDirect = request.headers['x-forwarded-for'] === undefined;
    if (isDirect && loopback.has(address)) return true;
    const client = { address, userAgent: '' };
    const actor = await findActor(this.#options.services, credentialsOf(request.headers), client);
    return actor !== null && roleAllows(actor.role, 'setting.list');
  }
}

/** The path of a request; what is no path (`//`) leads to the console. */
function pathOf({ url = '/' }: IncomingMessage): string {
  return URL.parse(url, 'http://server')?.pathname ?? '/';
}

/** Answers a request whose body is too long, or does not say how long it is. */
function refusesBody({ method, headers }: IncomingMessage, response: ServerResponse): boolean {
  const length = headers['content-length'];
  const lacksLength = method === 'POST' && length === undefined;
  if (!lacksLength && Number(length ?? 0) <= longestBody) return false;
  response.writeHead(lacksLength ? 411 : 413, { connection: 'close' }).end();
  return true;
}
