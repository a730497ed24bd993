import type { IncomingMessage, ServerResponse } from 'node:http';
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import { parse, type ExecutionArgs, type GraphQLError, type GraphQLSchema } from 'graphql';
import { createRequestContext, type RequestContext } from '../graphql/context.ts';
import { maskError } from '../graphql/mask-error.ts';
import { signInFirst } from '../graphql/permission-plugin.ts';
import { asksForSchema, assertWithinLimits, queryLimits } from '../graphql/query-limits.ts';
import { PlatformError } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';
import type { Platform } from '../platform/platform.ts';
import { newTraceId, traceIdFrom, withTrace } from '../platform/trace.ts';
import type { Services } from '../services.ts';
import type { AccessWatch } from './access-watch.ts';
import { credentialsOf, findActor, identify, isOwnOrigin, sessionCookie } from './authentication.ts';
import type { ClientAddresses } from './client-address.ts';
import { isTooFast, retryAfter, type RateLimits } from './rate-limits.ts';

export interface GraphqlHttpOptions {
  platform: Platform;
  services: Services;
  schema: GraphQLSchema;
  access: AccessWatch;
  publicUrl: string;
  addresses: ClientAddresses;
  limits: RateLimits;
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
      plugins: [limitPlugin(options)],
      maskedErrors: { maskError: (error) => maskForHttp(error, platform.log) },
      context: (initial) => this.#contextFor(initial),
    });
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { platform, addresses, limits } = this.#options;
    if (!this.#mayCome(request)) {
      const refusal = new PlatformError(
        'FORBIDDEN',
        'cookies are taken from our own pages only, and only with JSON',
        {
          remedy: 'programs send an API key as "Authorization: Bearer …"',
        },
      );
      answer(response, 403, maskError(refusal, platform.log));
      return;
    }
    const traceId = traceIdFrom(request.headers.traceparent as string | undefined) ?? newTraceId();
    response.setHeader('x-trace-id', traceId);
    const started = performance.now();
    await withTrace({ traceId, requestId: newTraceId().slice(0, 16) }, async () => {
      const tooFast = await limits.takeRequest(addresses.of(request)).catch((error: unknown) => error);
      if (tooFast !== undefined) {
        const refusal = maskError(tooFast, platform.log);
        for (const [name, value] of Object.entries(retryAfter(refusal))) response.setHeader(name, value);
        answer(response, isTooFast(refusal) ? 429 : 500, refusal);
        return;
      }
      await this.#yoga(request, response, {} as never);
    });
    platform.metrics.requestSeconds.observe(
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
    const { services, platform, access, publicUrl, addresses } = this.#options;
    const client = { address: addresses.of(req), userAgent: req.headers['user-agent'] ?? '' };
    const credentials = credentialsOf(req.headers);
    const since = access.changes;
    const viewer = await identify(this.#options, credentials, client);
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
    const watched = {
      actor: viewer,
      recheck: () => findActor(services, credentials, client),
      end: () => ending.abort(),
    };
    const stopWatching = access.watch(watched, since);
    request.signal.addEventListener('abort', () => ending.abort(), { once: true });
    ending.signal.addEventListener('abort', stopWatching, { once: true });
    return createRequestContext({ ...base, ending: ending.signal });
  }
}

/** Keeps every document and operation within the limits, before anything is looked up. */
function limitPlugin({ platform, limits }: GraphqlHttpOptions): Plugin {
  const check = async (args: ExecutionArgs, stop: (result: { errors: GraphQLError[] }) => void) => {
    try {
      assertWithinLimits({ ...args, variables: args.variableValues });
      const { viewer, client } = args.contextValue as RequestContext;
      if (viewer === null && asksForSchema(args.document)) throw signInFirst();
      await limits.takeOperation({ ...args, viewer, address: client.address });
    } catch (error) {
      stop({ errors: [maskForHttp(error, platform.log)] });
    }
  };
  return {
    onParse: ({ setParseFn }) => {
      setParseFn((source: string) => parse(source, { maxTokens: queryLimits.tokens }));
    },
    // Yoga has a name of its own for it; over a WebSocket there is no Yoga.
    onValidate:
      () =>
      ({ valid, result }) => {
        if (!valid) for (const error of result as GraphQLError[]) error.extensions.code = 'VALIDATION_FAILED';
      },
    onExecute: ({ args, setResultAndStopExecution }) => check(args, setResultAndStopExecution),
    onSubscribe: ({ args, setResultAndStopExecution }) => check(args, setResultAndStopExecution),
  };
}

/** With the status and the headers of the answer, where they follow from the error; they are not sent in its body. */
function maskForHttp(error: unknown, log: Logger): GraphQLError {
  const refusal = maskError(error, log);
  if (isTooFast(refusal)) refusal.extensions.http = { status: 429, headers: retryAfter(refusal) };
  return refusal;
}

function answer(response: ServerResponse, status: number, refusal: GraphQLError): void {
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ errors: [refusal.toJSON()] }));
}
