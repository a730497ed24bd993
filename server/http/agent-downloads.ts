import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { EnrolmentService } from '../agent-gateway/enrolment-service.ts';
import { maskError } from '../graphql/mask-error.ts';
import {
  isAgentDownload,
  type HandInstallation,
} from '../infrastructure/host-installation/hand-installation.ts';
import type { Logger } from '../platform/log.ts';
import type { ClientAddresses } from './client-address.ts';
import { retryAfter, type RateLimits } from './rate-limits.ts';

export const agentDownloadPath = '/agent/';

interface Refusal {
  status: number;
  text: string;
  headers: Record<string, string>;
}

export interface AgentDownloadsOptions {
  enrolment: Pick<EnrolmentService, 'isGoodForHost'>;
  installation: HandInstallation;
  addresses: ClientAddresses;
  limits: RateLimits;
  log: Logger;
}

/** The agent's program, for hosts that are installed by hand: whoever holds a good enrolment token gets it. */
export class AgentDownloads {
  readonly #options: AgentDownloadsOptions;

  constructor(options: AgentDownloadsOptions) {
    this.#options = options;
  }

  async handle(request: IncomingMessage, response: ServerResponse, pathname: string): Promise<void> {
    const name = pathname.slice(agentDownloadPath.length);
    const refusal = await this.#refusal(request);
    if (refusal !== undefined || !isAgentDownload(name)) {
      const { status, text, headers } = refusal ?? { status: 404, text: 'not found', headers: {} };
      response
        .writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers })
        .end(`${text}\n`);
      return;
    }
    const { size, content } = await this.#options.installation.open(name);
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(size !== undefined && { 'content-length': size }),
    });
    // A client that went away is nobody's error.
    await pipeline(content, response).catch(() => undefined);
  }

  async #refusal(request: IncomingMessage): Promise<Refusal | undefined> {
    const { enrolment, addresses, limits, log } = this.#options;
    if (request.method !== 'GET') return { status: 405, text: 'only GET', headers: { allow: 'GET' } };
    try {
      await limits.takeRequest(addresses.of(request));
    } catch (error) {
      return { status: 429, text: 'too many requests', headers: retryAfter(maskError(error, log)) };
    }
    const token = /^Bearer (\S{1,300})$/.exec(request.headers.authorization ?? '')?.[1];
    if (token !== undefined && (await enrolment.isGoodForHost(token))) return undefined;
    return {
      status: 401,
      text: 'this needs an enrolment token for host agents',
      headers: { 'www-authenticate': 'Bearer' },
    };
  }
}
