import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Actor } from '../platform/actor.ts';
import { PlatformError } from '../platform/errors.ts';
import type { StatisticsService } from '../statistics/statistics-service.ts';
import { credentialsOf, identify, type Gatekeeper } from './authentication.ts';
import type { ClientAddresses } from './client-address.ts';

export interface CloudMetricsOptions extends Gatekeeper {
  addresses: ClientAddresses;
}

/** A client that takes longer to read its answer is cut off. */
const longestMs = 30_000;

/**
 * `/metrics/cloud`: the newest samples of machines, hosts and storage pools for Prometheus, of those that the owner of
 * the API key may see. For an administrator that is everything, for a tenant its own machines.
 */
export class CloudMetrics {
  readonly #options: CloudMetricsOptions;
  /** Users who are being answered: an answer may hold a whole cloud in memory, so each has one at a time. */
  readonly #answered = new Set<string>();

  constructor(options: CloudMetricsOptions) {
    this.#options = options;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const actor = await this.#actorOf(request);
    if (typeof actor === 'number') {
      response.writeHead(actor, actor === 401 ? { 'www-authenticate': 'Bearer' } : {}).end();
      return;
    }
    const { statistics } = this.#options.services;
    const kinds = statistics.exposedTo(actor);
    if (kinds.length === 0) {
      response.writeHead(403, { 'content-type': 'text/plain' }).end('your role does not allow statistics\n');
      return;
    }
    if (this.#answered.has(actor.userId)) {
      response.writeHead(429, { 'retry-after': '1' }).end();
      return;
    }
    this.#answered.add(actor.userId);
    await stream(statistics, actor, response).finally(() => this.#answered.delete(actor.userId));
  }

  /** Who asks, by API key; or the status of the refusal. */
  async #actorOf(request: IncomingMessage): Promise<Actor | 401 | 429> {
    const { addresses, limits } = this.#options;
    const client = { address: addresses.of(request), userAgent: request.headers['user-agent'] ?? '' };
    try {
      await limits.takeRequest(client.address);
      const { bearer } = credentialsOf(request.headers);
      return (await identify(this.#options, { bearer, session: undefined }, client)) ?? 401;
    } catch (error) {
      if (error instanceof PlatformError && error.code === 'RATE_LIMITED') return 429;
      throw error;
    }
  }
}

async function stream(statistics: StatisticsService, actor: Actor, response: ServerResponse): Promise<void> {
  const pieces = Readable.from(statistics.expose(actor));
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
  try {
    await pipeline(pieces, response, { signal: AbortSignal.timeout(longestMs) });
  } catch (error) {
    // A client that goes away, or does not read, is no failure of ours.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_STREAM_PREMATURE_CLOSE' && code !== 'ABORT_ERR') throw error;
  }
}
