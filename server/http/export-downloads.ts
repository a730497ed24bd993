import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isId } from '@nephos/model/kernel/ids.ts';
import { openExport, type ExportFile } from '../billing/usage-export/export-download.ts';
import { maskError } from '../graphql/mask-error.ts';
import type { Actor } from '../platform/actor.ts';
import { notFound, PlatformError, type ErrorCode } from '../platform/errors.ts';
import { newTraceId, withTrace } from '../platform/trace.ts';
import type { AccessWatch } from './access-watch.ts';
import { credentialsOf, findActor, identify, type Gatekeeper } from './authentication.ts';
import { byteRange } from './byte-range.ts';
import type { ClientAddresses } from './client-address.ts';
import { retryAfter } from './rate-limits.ts';

export const exportPath = '/exports/';

export interface ExportDownloadsOptions extends Gatekeeper {
  access: AccessWatch;
  addresses: ClientAddresses;
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
 * `/exports/<id>`: a file of usage, with the rights of the session or API key. It can be fetched in ranges, and goes on
 * where it broke off: its bytes never change, and its ETag is their hash.
 */
export class ExportDownloads {
  readonly #options: ExportDownloadsOptions;
  readonly #fetching = new Map<string, number>();

  constructor(options: ExportDownloadsOptions) {
    this.#options = options;
  }

  async handle(request: IncomingMessage, response: ServerResponse, pathname: string): Promise<void> {
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('cross-origin-resource-policy', 'same-origin');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    await withTrace({ traceId: newTraceId() }, async () => {
      try {
        await this.#answer(request, response, pathname.slice(exportPath.length));
      } catch (error) {
        this.#refuse(response, error);
      }
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse, id: string): Promise<void> {
    const { platform, services, access, addresses, limits } = this.#options;
    const credentials = credentialsOf(request.headers);
    const client = { address: addresses.of(request), userAgent: request.headers['user-agent'] ?? '' };
    await limits.takeRequest(client.address);
    const actor = await identify(this.#options, credentials, client);
    if (actor === null) throw new PlatformError('UNAUTHENTICATED', 'sign in first, or send an API key');
    if (!isId('UsageExport', id)) throw notFound('export', id.slice(0, 64));
    const file = await openExport(platform.db, actor, id);
    const release = this.#take(actor);
    const stopWatching = access.watch({
      actor,
      recheck: () => findActor(services, credentials, client),
      end: () => response.destroy(),
    });
    try {
      await send(file, request, response);
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
  const { sizeBytes, sha256, name, mediaType } = file;
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
