import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ExportFile } from '../billing/usage-export/export-download.ts';
import { maskError } from '../graphql/mask-error.ts';
import type { Actor } from '../platform/actor.ts';
import { PlatformError, type ErrorCode } from '../platform/errors.ts';
import { newTraceId, withTrace } from '../platform/trace.ts';
import type { AccessWatch } from './access-watch.ts';
import { credentialsOf, findActor, identify, type Gatekeeper } from './authentication.ts';
import { byteRange } from './byte-range.ts';
import type { ClientAddresses } from './client-address.ts';
import { retryAfter } from './rate-limits.ts';

export interface FileDownloadsOptions extends Gatekeeper {
  access: AccessWatch;
  addresses: ClientAddresses;
}

/** Files of a kind. */
export interface FileSource {
  /** What their paths begin with. */
  path: string;
  /**
   * The file of the rest of a path, for an actor.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, INVALID_STATE
   */
  open(actor: Actor, name: string): Promise<ExportFile>;
}

/** Files that one user fetches at a time: each holds a piece in memory. */
const mostAtATime = 4;
/** A client that takes nothing for so long is cut off. */
const longestPauseMs = 60_000;

const statuses: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  INVALID_STATE: 409,
  RATE_LIMITED: 429,
};

/**
 * Files of usage and statements, with the rights of the session or API key. They can be fetched in ranges, and go on where
 * they broke off: their bytes never change, but for drafts of statements, and their ETag is their hash.
 */
export class FileDownloads {
  readonly #options: FileDownloadsOptions;
  readonly #sources: readonly FileSource[];
  readonly #fetching = new Map<string, number>();

  constructor(options: FileDownloadsOptions, sources: readonly FileSource[]) {
    this.#options = options;
    this.#sources = sources;
  }

  /** The kind of file that a path is one of; `undefined` for any other path. */
  sourceOf(pathname: string): FileSource | undefined {
    return this.#sources.find(({ path }) => pathname.startsWith(path));
  }

  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    { source, pathname }: { source: FileSource; pathname: string },
  ): Promise<void> {
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('cross-origin-resource-policy', 'same-origin');
    // A page among them runs nothing, should a browser show it.
    response.setHeader('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    await withTrace({ traceId: newTraceId() }, async () => {
      try {
        await this.#answer(request, response, (actor) =>
          source.open(actor, pathname.slice(source.path.length)),
        );
      } catch (error) {
        this.#refuse(response, error);
      }
    });
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    open: (actor: Actor) => Promise<ExportFile>,
  ): Promise<void> {
    const { services, access, addresses, limits } = this.#options;
    const credentials = credentialsOf(request.headers);
    const client = { address: addresses.of(request), userAgent: request.headers['user-agent'] ?? '' };
    await limits.takeRequest(client.address);
    const since = access.changes;
    const actor = await identify(this.#options, credentials, client);
    if (actor === null) throw new PlatformError('UNAUTHENTICATED', 'sign in first, or send an API key');
    const release = this.#take(actor);
    const watched = {
      actor,
      recheck: () => findActor(services, credentials, client),
      end: () => response.destroy(),
    };
    const stopWatching = access.watch(watched, since);
    try {
      await send(await open(actor), request, response);
    } finally {
      stopWatching();
      release();
    }
  }

  /** @throws PlatformError RATE_LIMITED for too many at a time */
  #take({ userId }: Actor): () => void {
    const fetching = this.#fetching.get(userId) ?? 0;
    if (fetching >= mostAtATime) {
      throw new PlatformError('RATE_LIMITED', `you fetch ${mostAtATime} files already`, {
        details: { retryAfterSeconds: 1 },
      });
    }
    this.#fetching.set(userId, fetching + 1);
    return () => {
      const left = (this.#fetching.get(userId) ?? 1) - 1;
      if (left === 0) this.#fetching.delete(userId);
      else this.#fetching.set(userId, left);
    };
  }

  #refuse(response: ServerResponse, error: unknown): void {
    const refusal = maskError(error, this.#options.platform.log);
    if (response.headersSent) {
      // Half a file must not look like a whole one.
      response.destroy();
      return;
    }
    const status = statuses[refusal.extensions.code as ErrorCode] ?? 500;
    response
      .writeHead(status, {
        'content-type': 'text/plain; charset=utf-8',
        ...(status === 401 && { 'www-authenticate': 'Bearer' }),
        ...retryAfter(refusal),
      })
      .end(`${refusal.message}\n`);
  }
}

async function send(file: ExportFile, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { sizeBytes, sha256, name, mediaType, headers } = file;
  const tag = `"${sha256}"`;
  const { range: asked, 'if-range': onlyIf = tag, 'if-none-match': known } = request.headers;
  response.setHeader('etag', tag);
  response.setHeader('accept-ranges', 'bytes');
  response.setHeader('cache-control', 'private, no-cache');
  if (known === tag) {
    response.writeHead(304).end();
    return;
  }
  const range = onlyIf === tag ? byteRange(asked, sizeBytes) : undefined;
  if (range === null) {
    response.writeHead(416, { 'content-range': `bytes */${sizeBytes}` }).end();
    return;
  }
  const { from, until } = range ?? { from: 0, until: sizeBytes };
  response.writeHead(range === undefined ? 200 : 206, {
    ...headers,
    'content-type': mediaType,
    'content-length': until - from,
    'content-disposition': `attachment; filename="${name}"`,
    ...(range !== undefined && { 'content-range': `bytes ${from}-${until - 1}/${sizeBytes}` }),
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  response.setTimeout(longestPauseMs, () => response.destroy());
  try {
    await pipeline(Readable.from(file.read(from, until), { objectMode: true, highWaterMark: 1 }), response);
  } catch (error) {
    // A client that goes away is no failure of ours.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}
