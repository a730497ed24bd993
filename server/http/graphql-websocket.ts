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
import { PlatformError, type ErrorCode } from '../platform/errors.ts';
import { newTraceId, withTrace } from '../platform/trace.ts';
import { bearerOf, credentialsOf, findActor, identify, isOwnOrigin } from './authentication.ts';
import type { GraphqlHttpOptions } from './graphql-http.ts';

type Connection = Extra &
  Record<PropertyKey, unknown> & { viewer?: Actor; address?: string; ending?: AbortController };

const longestMessage = 1024 * 1024;
const keepAliveMs = 12_000;
/** Close code, of our own, that a client may answer by connecting again at once. */
const accessChanged = 4205;
/** Close code, of our own, for connections that come too fast. */
const tooFast = 4429;

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
    const { schema, platform, limits } = options;
    const mask = (errors: readonly unknown[]) => errors.map((error) => maskError(error, platform.log));
    useServer<never, Connection>(
      {
        onConnect: ({ extra, connectionParams }) => this.#admit(extra, connectionParams),
        onSubscribe: async ({ extra }, _id, { query, operationName, variables }) => {
          try {
            const document = parse(query, { maxTokens: queryLimits.tokens });
            const errors = validate(schema, document);
            if (errors.length > 0) return mask(errors);
            assertWithinLimits({ schema, document, operationName, variables });
            const { viewer = null, address = '' } = extra;
            await limits.takeOperation({ document, operationName, viewer, address });
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

  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { publicUrl, addresses } = this.#options;
    if (!isOwnOrigin(request.headers, publicUrl)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      const { origin = '' } = request.headers;
      await this.#refused('FORBIDDEN', addresses.of(request), { origin: origin.slice(0, 255) });
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
    const client = this.#clientOf(extra.request);
    const fromHeaders = credentialsOf(extra.request.headers);
    const credentials = { ...fromHeaders, bearer: bearerOf(params?.authorization) ?? fromHeaders.bearer };
    const since = access.changes;
    let viewer: Actor | null;
    try {
      viewer = await traced(() => identify(this.#options, credentials, client));
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      extra.socket.close(tooFast, error.message.slice(0, 120));
      return false;
    }
    if (viewer === null) {
      if (credentials.bearer === undefined) await this.#refused('UNAUTHENTICATED', client.address);
      return false;
    }
    const ending = new AbortController();
    const { socket } = extra;
    const watched = {
      actor: viewer,
      recheck: () => findActor(services, credentials, client),
      end: (reason: 'ended' | 'changed') => {
        ending.abort();
        if (reason === 'ended') socket.close(CloseCode.Forbidden, 'access ended');
        else socket.close(accessChanged, 'access changed: connect again');
      },
    };
    const stopWatching = access.watch(watched, since);
    ending.signal.addEventListener('abort', stopWatching, { once: true });
    Object.assign(extra, { viewer, ending, address: client.address });
    return true;
  }

  #refused(outcome: ErrorCode, clientAddress: string, details?: Record<string, unknown>): Promise<void> {
    return this.#options.platform.refusals.record({
      action: 'api.connect',
      outcome,
      actor: null,
      actorName: 'anonymous',
      clientAddress,
      accountId: null,
      ...(details && { details }),
    });
  }

  #clientOf(request: IncomingMessage) {
    return { address: this.#options.addresses.of(request), userAgent: request.headers['user-agent'] ?? '' };
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
      client: this.#clientOf(request),
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
