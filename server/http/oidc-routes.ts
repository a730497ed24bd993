import type { IncomingMessage, ServerResponse } from 'node:http';
import { isId } from '@nephos/model/kernel/ids.ts';
import { OidcRefusal, type OidcSignIn } from '../identity/identity-provider/oidc-sign-in.ts';
import { PlatformError } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';
import { newTraceId, withTrace } from '../platform/trace.ts';
import { sessionCookie } from './authentication.ts';
import type { ClientAddresses } from './client-address.ts';
import { localPath } from './local-path.ts';
import type { RateLimits } from './rate-limits.ts';

export interface OidcRoutesOptions {
  signIn: OidcSignIn;
  addresses: ClientAddresses;
  limits: RateLimits;
  /** Empty: the host that the browser asked. */
  publicUrl: string;
  log: Logger;
}

const callbackPath = '/auth/oidc/callback';
const startPath = /^\/auth\/oidc\/([a-z0-9_]{1,60})\/start$/;
const longestUrl = 8192;

/**
 * `/auth/oidc/<provider>/start` leads a browser to an OpenID Connect provider, `/auth/oidc/callback` takes it back.
 * Whatever goes wrong leads to the sign-in page with one word, `problem`; the rest is in the logs.
 */
export class OidcRoutes {
  readonly #options: OidcRoutesOptions;
  readonly #isSecure: boolean;
  readonly #cookieName: string;

  constructor(options: OidcRoutesOptions) {
    this.#options = options;
    this.#isSecure = options.publicUrl.startsWith('https:');
    // Of another name than the session's: neither is taken for the other.
    this.#cookieName = this.#isSecure ? '__Host-nephos-oidc' : 'nephos-oidc';
  }

  async handle(request: IncomingMessage, response: ServerResponse, pathname: string): Promise<void> {
    response.setHeader('cache-control', 'no-store');
    response.setHeader('referrer-policy', 'no-referrer');
    const providerId = startPath.exec(pathname)?.[1];
    const isKnown = providerId !== undefined || pathname === callbackPath;
    if (!isKnown || request.method !== 'GET' || (request.url ?? '').length > longestUrl) {
      response.writeHead(isKnown ? 405 : 404).end();
      return;
    }
    await withTrace({ traceId: newTraceId() }, async () => {
      try {
        await (providerId === undefined
          ? this.#arrive(request, response)
          : this.#depart(request, response, providerId));
      } catch (error) {
        redirect(response, `/sign-in?problem=${this.#problemIn(error)}`);
      }
    });
  }

  #problemIn(error: unknown): string {
    if (error instanceof OidcRefusal) return error.problem;
    if (error instanceof PlatformError && error.code === 'RATE_LIMITED') return 'too-many-attempts';
    this.#options.log.error({ err: error }, 'sign-in with a provider failed');
    return 'failed';
  }

  async #depart(request: IncomingMessage, response: ServerResponse, providerId: string): Promise<void> {
    await this.#options.limits.takeSignIn(this.#options.addresses.of(request));
    if (!isId('IdentityProvider', providerId)) throw new OidcRefusal('unknown-provider');
    const asked = this.#urlOf(request);
    const returnTo = localPath(asked.searchParams.get('returnTo') ?? '/');
    const redirectUri = new URL(callbackPath, asked).href;
    const { url, browserSecret, expiresAt } = await this.#options.signIn.depart(
      providerId,
      redirectUri,
      returnTo,
    );
    response.setHeader('set-cookie', this.#cookie(browserSecret, `Expires=${expiresAt.toUTCString()}`));
    redirect(response, url.href);
  }

  async #arrive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('set-cookie', this.#cookie('', 'Max-Age=0'));
    const { addresses, limits, signIn } = this.#options;
    const client = { address: addresses.of(request), userAgent: request.headers['user-agent'] ?? '' };
    await limits.takeSignIn(client.address);
    const { session, returnTo } = await signIn.arrive(
      this.#urlOf(request),
      this.#browserSecretOf(request),
      client,
    );
    response.appendHeader('set-cookie', sessionCookie(session, this.#isSecure));
    redirect(response, returnTo);
  }

  /** The address as the browser sees it, which the provider has to know. */
  #urlOf({ url = '/', headers }: IncomingMessage): URL {
    const { publicUrl } = this.#options;
    const origin = publicUrl === '' ? `http://${headers.host ?? 'localhost'}` : publicUrl;
    const asked = URL.parse(url, origin);
    if (asked === null) throw new OidcRefusal('bad-answer');
    return asked;
  }

  /** Lax: the browser comes back from the provider's pages. */
  #cookie(value: string, lifetime: string): string {
    const attributes = `Path=/; HttpOnly; SameSite=Lax${this.#isSecure ? '; Secure' : ''}`;
    return `${this.#cookieName}=${value}; ${attributes}; ${lifetime}`;
  }

  #browserSecretOf({ headers }: IncomingMessage): string | undefined {
    const prefix = `${this.#cookieName}=`;
    const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
    return pairs.find((pair) => pair.startsWith(prefix))?.slice(prefix.length);
  }
}

function redirect(response: ServerResponse, to: string): void {
  response.writeHead(303, { location: to }).end();
}
