import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { execute, GraphQLError, parse, subscribe, validate, type ExecutionArgs } from 'graphql';
import { CloseCode } from 'graphql-ws';
import { useServer, type Extra } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { createRequestContext, type RequestContext } from '../graphql/context.ts';
import { maskError } from '../graphql/mask-error.ts';
import { assertWithinLimits, queryLimits } from '../graphql/query-limits.ts';
import type { Actor } from '../platform/actor.ts';
import { newTraceId, withTrace } from '../platform/trace.ts';
import { bearerOf, credentialsOf, findActor, isOwnOrigin } from './authentication.ts';
import type { GraphqlHttpOptions } from './graphql-http.ts';

type Connection = Extra & Record<PropertyKey, unknown> & { viewer?: Actor; ending?: AbortController };

const longestMessage = 1024 * 1024;
const keepAliveMs = 12_000;

/** GraphQL over WebSocket (graphql-transport-ws): the same schema, context, guards and errors as over HTTP. */
export class GraphqlWebsocket {
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: longestMessage,
    perMessageDeflate: false,
  });
  readonly #options: GraphqlHttpOptions;

  constructor(options: GraphqlHttpOptions) {
    this.#options = options;
    const { schema, platform } = options;
    const mask = (errors: readonly unknown[]) => errors.map((error) => maskError(error, platform.log));
    useServer<never, Connection>(
      {
        onConnect: ({ extra, connectionParams }) => this.#admit(extra, connectionParams),
        onSubscribe: ({ extra }, _id, { query, operationName, variables }) => {
          try {
            const document = parse(query, { maxTokens: queryLimits.tokens });
            const errors = validate(schema, document);
            if (errors.length > 0) return mask(errors);
            assertWithinLimits({ schema, document, operationName, variables });
            const contextValue = this.#contextOf(extra);
            return { schema, document, operationName, variableValues: variables, contextValue };
          } catch (error) {
            return mask([error]);
          }
        },
        execute: (args) => traced(() => execute(args)),
        subscribe: (args) => traced(() => endingAtOnce(args, subscribe(args))),
        onError: (_context, _id, _payload, errors) => mask(errors).map((error) => error.toJSON()),
        onNext: (_context, _id, _payload, _args, result) => {
          const { errors, data = null } = result;
          return errors && { data, errors: mask(errors).map((error) => error.toJSON()) };
        },
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
    this.#sockets.handleUpgrade(request, socket, head, (client) =>
      this.#sockets.emit('connection', client, request),
    );
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
    const credentials = { ...fromHeaders, bearer: bearerOf(params?.authorization) ?? fromHeaders.bearer };
    const viewer = await findActor(services, credentials, client);
    if (viewer === null) return false;
    const ending = new AbortController();
    const { socket } = extra;
    const stopWatching = access.watch({
      userId: viewer.userId,
      recheck: () => findActor(services, credentials, client),
      end: () => {
        ending.abort();
        socket.close(CloseCode.Forbidden, 'access ended');
      },
    });
    ending.signal.addEventListener('abort', stopWatching, { once: true });
    Object.assign(extra, { viewer, ending });
    return true;
  }

  /** One for each operation: it ends with the operation, or with the socket. */
  #contextOf({ viewer, ending, request }: Connection): OperationContext {
    const { platform, services } = this.#options;
    if (viewer === undefined || ending === undefined) throw new GraphQLError('not connected');
    const ended = new AbortController();
    const signal = AbortSignal.any([ending.signal, ended.signal]);
    const context = createRequestContext({
      platform,
      services,
      viewer,
      client: clientOf(request),
      ending: signal,
    });
    return { ...context, end: () => ended.abort() };
  }
}

interface OperationContext extends RequestContext {
  /** The client wants no more. */
  end(): void;
}

type Subscribed = ReturnType<typeof subscribe>;

/**
 * Ends the source of a subscription as soon as the client leaves it. Left to itself a generator that waits for the
 * next change would notice only when there is one.
 */
async function endingAtOnce(args: ExecutionArgs, subscribing: Subscribed): Promise<Awaited<Subscribed>> {
  const results = await subscribing;
  if (!(Symbol.asyncIterator in results)) return results;
  const leave = results.return.bind(results);
  results.return = (value) => {
    (args.contextValue as OperationContext).end();
    return leave(value);
  };
  return results;
}

function traced<Result>(action: () => Result): Result {
  return withTrace({ traceId: newTraceId() }, action);
}

function clientOf(request: IncomingMessage) {
  return { address: request.socket.remoteAddress ?? '', userAgent: request.headers['user-agent'] ?? '' };
}
