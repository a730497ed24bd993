import { GuardedLoader } from '../identity/access/guarded-loader.ts';
import type { Client } from '../identity/session/session-service.ts';
import type { Actor } from '../platform/actor.ts';
import { PlatformError } from '../platform/errors.ts';
import type { Platform } from '../platform/platform.ts';
import type { Services } from '../services.ts';

/** What a resolver knows of the request it serves. A plain object: the HTTP layer copies its members into its own. */
export interface RequestContext {
  readonly platform: Platform;
  readonly services: Services;
  /** Who asks; `null` when nobody is signed in. */
  readonly viewer: Actor | null;
  readonly client: Client;
  /** Who asks. Only for fields that are not public: those are never resolved without a viewer. */
  readonly actor: Actor;
  /** Reads what the actor may see. Like `actor`, not for public fields. */
  readonly load: GuardedLoader;
  /** Aborts when a subscription must end: the client left, or lost its access. */
  readonly ending: AbortSignal;
  /** Begins a session in the browser, or with `null` ends it. @throws PlatformError over a WebSocket */
  readonly setSessionCookie: (session: { secret: string; expiresAt: Date } | null) => void;
}

export interface RequestContextOptions {
  platform: Platform;
  services: Services;
  viewer: Actor | null;
  client: Client;
  /** Absent where there is no response that could carry a cookie. */
  setSessionCookie?: RequestContext['setSessionCookie'];
  /** For subscriptions, which load every event anew. */
  ending?: AbortSignal;
}

const neverEnding = new AbortController().signal;

function cannotSetCookie(): never {
  throw new PlatformError('VALIDATION_FAILED', 'sessions begin and end over HTTP, not over a WebSocket');
}

export function createRequestContext(options: RequestContextOptions): RequestContext {
  const { platform, services, viewer, client, ending } = options;
  // Without a viewer only public fields are resolved, and they do not ask.
  const actor = viewer as Actor; // eslint-disable-line @typescript-eslint/non-nullable-type-assertion-style
  return {
    platform,
    services,
    viewer,
    client,
    actor,
    load: new GuardedLoader(platform.db, actor, { cache: ending === undefined }),
    ending: ending ?? neverEnding,
    setSessionCookie: options.setSessionCookie ?? cannotSetCookie,
  };
}
