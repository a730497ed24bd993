import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode } from 'graphql-ws';
import { useServer, type Extra } from 'graphql-ws/use/ws';
import { WebSocketServer, type WebSocket } from 'ws';
import { createRequestContext, type RequestContext } from '../graphql/context.ts';
import type { Actor } from '../platform/actor.ts';
import { newTraceId, withTrace } from '../platform/trace.ts';
import { bearerOf, credentialsOf, findActor, isOwnOrigin, type Credentials } from './authentication.ts';
import type { ApiYoga, GraphqlHttpOptions } from './graphql-http.ts';

type Connection = Extra &
  Record<PropertyKey, unknown> & {
    viewer?: Actor;
    credentials?: Credentials;
    ending?: AbortController;
  };

const longestMessage = 1024 * 1024;
const keepAliveMs = 12_000;

/** GraphQL over WebSocket (graphql-transport-ws): the same schema, context and guards as over HTTP. */
export class GraphqlWebsocket {
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: longestMessage, perMessageDeflate: false });
  readonly #options: GraphqlHttpOptions;

  constructor(options: GraphqlHttpOptions, yoga: ApiYoga) {
    this.#options = options;
    const { metrics } = options.platform;
    useServer<never, Connection>(
      {
        onConnect: ({ extra, connectionParams }) => this.#admit(extra, connectionParams),
        onSubscribe: async ({ extra }, _id, params) => {
          const { execute, subscribe, parse, validate, schema } = yoga.getEnveloped({ req: extra.request } as never) as ReturnType<
            typeof yoga.getEnveloped
          >;
          const document = parse(params.query);
          const errors = validate(schema, document);
          if (errors.length > 0) return errors;
          return {
            schema,
            document,
            operationName: params.operationName,
            variableValues: params.variables,
            contextValue: this.#contextOf(extra),
            rootValue: { execute, subscribe },
          };
        },
        execute: (args) => traced(() => (args.rootValue as Enveloped).execute(args)),
        subscribe: async (args) => {
          metrics.subscriptions.inc();
          return traced(() => (args.rootValue as Enveloped).subscribe(args));
        },
        onComplete: () => metrics.subscriptions.dec(),
        onClose: ({ extra }) => extra.ending?.abort(),
      },
      this.#sockets,
      keepAliveMs,
    );
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!isOwnOrigin(request.headers, this.#options.publicUrl)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (client) => this.#sockets.emit('connection', client, request));
  }

  stop(): void {
    for (const client of this.#sockets.clients) client.close(1001, 'server stops');
    setTimeout(() => {
      for (const client of this.#sockets.clients) client.terminate();
    }, 500).unref();
  }

  /** @returns whether the connection may go on: only those who are signed in may use the socket */
  async #admit(extra: Connection, params: Record<string, unknown> | undefined): Promise<boolean> {
    const { services, access } = this.#options;
    const client = clientOf(extra.request);
    const fromHeaders = credentialsOf(extra.request.headers);
    const credentials = { ...fromHeaders, bearer: bearerOf(params?.['authorization']) ?? fromHeaders.bearer };
    const viewer = await findActor(services, credentials, client);
    if (viewer === null) return false;
    const ending = new AbortController();
    const socket: WebSocket = extra.socket;
    const stopWatching = access.watch({
      userId: viewer.userId,
      recheck: () => findActor(services, credentials, client),
      end: () => {
        ending.abort();
        socket.close(CloseCode.Forbidden, 'access ended');
      },
    });
    ending.signal.addEventListener('abort', stopWatching, { once: true });
    Object.assign(extra, { viewer, credentials, ending });
    return true;
  }

  #contextOf({ viewer, ending, request }: Connection): RequestContext {
    const { platform, services } = this.#options;
    return createRequestContext({
      platform,
      services,
      viewer: viewer ?? null,
      client: clientOf(request),
      ...(ending && { ending: ending.signal }),
    });
  }
}

interface Enveloped {
  execute: (args: unknown) => never;
  subscribe: (args: unknown) => never;
}

function traced<Result>(action: () => Result): Result {
  return withTrace({ traceId: newTraceId() }, action);
}

function clientOf(request: IncomingMessage) {
  return { address: request.socket.remoteAddress ?? '', userAgent: request.headers['user-agent'] ?? '' };
}
