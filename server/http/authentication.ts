import type { IncomingHttpHeaders } from 'node:http';
import type { Actor } from '../platform/actor.ts';
import type { Client } from '../identity/session/session-service.ts';
import type { Platform } from '../platform/platform.ts';
import type { Services } from '../services.ts';
import type { RateLimits } from './rate-limits.ts';

/** What a request brings to prove who sends it. */
export interface Credentials {
  /** Secret of the session cookie. */
  session: string | undefined;
  /** Token of an `Authorization: Bearer` header. */
  bearer: string | undefined;
}

/** `__Host-` binds a cookie to its host over HTTPS; over plain HTTP browsers refuse that prefix. */
const cookieNames = { secure: '__Host-nephos', plain: 'nephos' } as const;

export function credentialsOf(headers: IncomingHttpHeaders): Credentials {
  const cookies = new Map(
    (headers.cookie ?? '').split(';').map((pair) => {
      const [name = '', ...value] = pair.trim().split('=');
      return [name, value.join('=')] as const;
    }),
  );
  return {
    session: cookies.get(cookieNames.secure) ?? cookies.get(cookieNames.plain),
    bearer: bearerOf(headers.authorization),
  };
}

export function bearerOf(authorization: unknown): string | undefined {
  return typeof authorization === 'string' ? /^Bearer ([\w.-]{1,200})$/.exec(authorization)?.[1] : undefined;
}

/** Who the credentials belong to; `null` for nobody, and for those that are no longer good. */
export async function findActor(
  services: Services,
  credentials: Credentials,
  client: Client,
): Promise<Actor | null> {
  const { bearer, session } = credentials;
  if (bearer !== undefined) return (await services.apiKeys.findActor(bearer, client.address)) ?? null;
  if (session !== undefined) return (await services.sessions.findActor(session, client)) ?? null;
  return null;
}

/** Whoever looks at the credentials of strangers. */
export interface Gatekeeper {
  platform: Platform;
  services: Services;
  limits: RateLimits;
}

/**
 * Like {@link findActor}, for what comes in from outside: a bearer token that is not good counts as an attempt to
 * sign in, and is written to the audit log.
 * @throws PlatformError RATE_LIMITED for too many of them from one address
 */
export async function identify(
  { platform, services, limits }: Gatekeeper,
  credentials: Credentials,
  client: Client,
): Promise<Actor | null> {
  const actor = await findActor(services, credentials, client);
  if (actor !== null || credentials.bearer === undefined) return actor;
  await limits.takeSignIn(client.address);
  await platform.refusals.record({
    action: 'apiKey.use',
    outcome: 'UNAUTHENTICATED',
    actor: null,
    actorName: 'anonymous',
    clientAddress: client.address,
    accountId: null,
  });
  return null;
}

/** The `Set-Cookie` header that begins a session, or with `null` ends it. */
export function sessionCookie(
  session: { secret: string; expiresAt: Date } | null,
  isSecure: boolean,
): string {
  const name = isSecure ? cookieNames.secure : cookieNames.plain;
  const attributes = `Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
  if (session === null) return `${name}=; ${attributes}; Max-Age=0`;
  return `${name}=${session.secret}; ${attributes}; Expires=${session.expiresAt.toUTCString()}`;
}

/**
 * Whether a request that a browser sent comes from our own pages. Programs send no Origin; a page of another site
 * cannot leave it out.
 */
export function isOwnOrigin(headers: IncomingHttpHeaders, publicUrl: string): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  if (publicUrl !== '' && origin === new URL(publicUrl).origin) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
