import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { maskError } from '../graphql/mask-error.ts';
import { PlatformError } from '../platform/errors.ts';
import { agentDownloadPath, type AgentDownloads } from './agent-downloads.ts';
import { credentialsOf, identify } from './authentication.ts';
import { CloudMetrics } from './cloud-metrics.ts';
import { ConsoleWebsocket } from './console-websocket.ts';
import { GraphqlHttp, type GraphqlHttpOptions } from './graphql-http.ts';
import { GraphqlWebsocket } from './graphql-websocket.ts';
import type { Health } from './health.ts';
import { FileDownloads } from './file-downloads.ts';
import { fileSources } from './file-sources.ts';
import { isTooFast, retryAfter } from './rate-limits.ts';
import { OidcRoutes } from './oidc-routes.ts';
import type { StaticFiles } from './static-files.ts';

export interface HttpServerOptions extends GraphqlHttpOptions {
  health: Health;
  downloads: AgentDownloads;
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
  readonly #oidc: OidcRoutes;
  readonly #cloudMetrics: CloudMetrics;
  readonly #files: FileDownloads;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    const { platform, services } = options;
    this.#graphql = new GraphqlHttp(options);
    this.#websocket = new GraphqlWebsocket(options);
    this.#consoles = new ConsoleWebsocket({
      consoles: services.consoleAccess,
      access: options.access,
      addresses: options.addresses,
      refusals: platform.refusals,
      log: platform.log,
    });
    this.#oidc = new OidcRoutes({
      signIn: services.oidc,
      addresses: options.addresses,
      limits: options.limits,
      publicUrl: options.publicUrl,
      log: platform.log,
    });
    this.#cloudMetrics = new CloudMetrics(options);
    this.#files = new FileDownloads(options, fileSources(platform));
    this.#server = createServer((request, response) => {
      this.#route(request, response).catch((error: unknown) => {
        platform.log.error({ err: error }, 'HTTP request failed');
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
    });
    this.#server.on('upgrade', (request, socket, head) => {
      this.#upgrade(request, socket, head).catch((error: unknown) => {
        platform.log.error({ err: error }, 'upgrade failed');
        socket.destroy();
      });
    });
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
    const { health, downloads } = this.#options;
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
      case '/metrics/cloud':
        return this.#cloudMetrics.handle(request, response);
      default:
        if (pathname.startsWith(agentDownloadPath)) return downloads.handle(request, response, pathname);
        if (pathname.startsWith('/auth/oidc/')) return this.#oidc.handle(request, response, pathname);
        return this.#serveFile(request, response, pathname);
    }
  }

  /** What users made or have, or else a part of the console. */
  async #serveFile(request: IncomingMessage, response: ServerResponse, pathname: string): Promise<void> {
    const source = this.#files.sourceOf(pathname);
    if (source === undefined) this.#options.files.serve(request, response, pathname);
    else await this.#files.handle(request, response, { source, pathname });
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    const { addresses, limits, platform } = this.#options;
    try {
      await limits.takeRequest(addresses.of(request));
    } catch (error) {
      const refusal = maskError(error, platform.log);
      const wait = Object.entries(retryAfter(refusal)).map(([name, value]) => `${name}: ${value}\r\n`);
      const status = isTooFast(refusal) ? '429 Too Many Requests' : '500 Internal Server Error';
      socket.end(`HTTP/1.1 ${status}\r\n${wait.join('')}Connection: close\r\n\r\n`);
      return;
    }
    const pathname = pathOf(request);
    const token = /^\/console\/(?:vnc|serial)\/([\w-]{20,100})$/.exec(pathname)?.[1];
    if (pathname === '/graphql') await this.#websocket.upgrade(request, socket, head);
    else if (token !== undefined) await this.#consoles.upgrade(request, socket, head, token);
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
  }

  async #mayReadMetrics(request: IncomingMessage): Promise<boolean> {
    const address = request.socket.remoteAddress ?? '';
    // Behind a proxy everybody comes from loopback: then only administrators may.
    const isDirect = request.headers['x-forwarded-for'] === undefined;
    if (isDirect && loopback.has(address)) return true;
    const client = { address: this.#options.addresses.of(request), userAgent: '' };
    try {
      const actor = await identify(this.#options, credentialsOf(request.headers), client);
      return actor?.rights.has('setting.list') ?? false;
    } catch (error) {
      // Too many guesses: then nobody.
      if (error instanceof PlatformError) return false;
      throw error;
    }
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
