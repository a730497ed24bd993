import type { IncomingMessage, ServerResponse } from 'node:http';
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import { parse, type ExecutionArgs, type GraphQLSchema } from 'graphql';
import { createRequestContext, type RequestContext } from '../graphql/context.ts';
import { maskError } from '../graphql/mask-error.ts';
import { signInFirst } from '../graphql/permission-plugin.ts';
import { asksForSchema, assertWithinLimits, queryLimits } from '../graphql/query-limits.ts';
import type { Platform } from '../platform/platform.ts';
import { newTraceId, traceIdFrom, withTrace } from '../platform/trace.ts';
import type { Services } from '../services.ts';
import type { AccessWatch } from './access-watch.ts';
import { credentialsOf, findActor, isOwnOrigin, sessionCookie } from './authentication.ts';

export interface GraphqlHttpOptions {
  platform: Platform;
  services: Services;
  schema: GraphQLSchema;
  access: AccessWatch;
  publicUrl: string;
}

interface NodeRequest extends Record<string, unknown> {
  req: IncomingMessage;
  res: ServerResponse;
}

/** GraphQL over HTTP POST and server-sent events. */
export class GraphqlHttp {
  readonly #yoga: YogaServerInstance<NodeRequest, RequestContext>;
  readonly #options: GraphqlHttpOptions;

  constructor(options: GraphqlHttpOptions) {
    this.#options = options;
    const { platform, schema } = options;
    this.#yoga = createYoga<NodeRequest, RequestContext>({
      schema,
      graphqlEndpoint: '/graphql',
      landingPage: false,
      graphiql: false,
      logging: false,
      batching: false,
      multipart: false,
      plugins: [limitPlugin(platform)],
      maskedErrors: { maskError: (error) => maskError(error, platform.log) },
      context: (initial) => this.#contextFor(initial),
    });
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#mayCome(request)) {
      response.writeHead(403, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          errors: [
            {
              message: 'cookies are taken from our own pages only, and only with JSON',
              extensions: {
                code: 'FORBIDDEN',
                remedy: 'programs send an API key as "Authorization: Bearer …"',
              },
            },
          ],
        }),
      );
      return;
    }
    const traceId = traceIdFrom(request.headers.traceparent as string | undefined) ?? newTraceId();
    response.setHeader('x-trace-id', traceId);
    const started = performance.now();
    await withTrace({ traceId, requestId: newTraceId().slice(0, 16) }, async () => {
      await this.#yoga(request, response, {} as never);
    });
    this.#options.platform.metrics.requestSeconds.observe(
      { kind: 'http', outcome: String(response.statusCode) },
      (performance.now() - started) / 1000,
    );
  }

  /** Against forged requests: a page of another site can neither set this content type nor hide its origin. */
  #mayCome({ method, headers }: IncomingMessage): boolean {
    if (!isOwnOrigin(headers, this.#options.publicUrl)) return false;
    if (credentialsOf(headers).session === undefined) return true;
    return method !== 'POST' || (headers['content-type'] ?? '').startsWith('application/json');
  }

  async #contextFor({ req, res, request }: NodeRequest & { request: Request }): Promise<RequestContext> {
    const { platform, services, access, publicUrl } = this.#options;
    const client = { address: req.socket.remoteAddress ?? '', userAgent: req.headers['user-agent'] ?? '' };
    const credentials = credentialsOf(req.headers);
    const viewer = await findActor(services, credentials, client);
    const isStream = (req.headers.accept ?? '').includes('text/event-stream');
    const isSecure = publicUrl.startsWith('https:');
    const base = {
      platform,
      services,
      viewer,
      client,
      setSessionCookie: (session: { secret: string; expiresAt: Date } | null) => {
        res.setHeader('set-cookie', sessionCookie(session, isSecure));
      },
    };
    if (!isStream || viewer === null) return createRequestContext(base);
    const ending = new AbortController();
    const stopWatching = access.watch({
      userId: viewer.userId,
      recheck: () => findActor(services, credentials, client),
      end: () => ending.abort(),
    });
    request.signal.addEventListener('abort', () => ending.abort(), { once: true });
    ending.signal.addEventListener('abort', stopWatching, { once: true });
    return createRequestContext({ ...base, ending: ending.signal });
  }
}

/** Keeps every document and operation within the limits, before anything is looked up. */
function limitPlugin({ log }: Platform): Plugin {
  const check = (args: ExecutionArgs, stop: (result: { errors: ReturnType<typeof maskError>[] }) => void) => {
    try {
      assertWithinLimits({ ...args, variables: args.variableValues });
      const { viewer } = args.contextValue as RequestContext;
      if (viewer === null && asksForSchema(args.document)) throw signInFirst();
    } catch (error) {
      stop({ errors: [maskError(error, log)] });
    }
  };
  return {
    onParse: ({ setParseFn }) => {
      setParseFn((source: string) => parse(source, { maxTokens: queryLimits.tokens }));
    },
    onExecute: ({ args, setResultAndStopExecution }) => {
      check(args, setResultAndStopExecution);
    },
    onSubscribe: ({ args, setResultAndStopExecution }) => {
      check(args, setResultAndStopExecution);
    },
  };
}
