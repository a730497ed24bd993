import { Kind, OperationTypeNode, type DocumentNode, type GraphQLError } from 'graphql';
import { publicFields } from '../graphql/permission-plugin.ts';
import type { Actor } from '../platform/actor.ts';
import type { RefusalLog } from '../platform/audit/refusal-log.ts';
import { PlatformError } from '../platform/errors.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Settings } from '../platform/settings/settings.ts';
import { TokenBuckets, type Rate } from './token-bucket.ts';

/** Seconds of the allowed rate that may be used at once. */
const burstSeconds = 10;

type LimitKey =
  | 'api.requests.per.second.per.actor'
  | 'api.requests.per.second.per.address'
  | 'signin.per.minute.per.address';

/** An operation that is about to run, on any transport. */
export interface LimitedOperation {
  document: DocumentNode;
  operationName?: string | null | undefined;
  viewer: Actor | null;
  address: string;
}

/**
 * How often one may ask. Counted by each server for itself, in memory: what several servers let through together is
 * that many times more, and nothing has to be written for a request.
 */
export class RateLimits {
  readonly #options: { settings: Settings; metrics: Metrics; refusals: RefusalLog };
  readonly #buckets = new TokenBuckets();

  constructor(options: { settings: Settings; metrics: Metrics; refusals: RefusalLog }) {
    this.#options = options;
  }

  /** Before anything else of a request or a new connection. @throws PlatformError RATE_LIMITED */
  async takeRequest(address: string): Promise<void> {
    await this.#take('api.requests.per.second.per.address', address, null, address);
  }

  /**
   * Before an operation runs: each that comes over a socket or in a request counts for whoever sends it, and each
   * attempt to sign in for its address.
   * @throws PlatformError RATE_LIMITED
   */
  async takeOperation({ document, operationName, viewer, address }: LimitedOperation): Promise<void> {
    if (viewer !== null) {
      const key = viewer.apiKeyId ?? viewer.userId;
      await this.#take('api.requests.per.second.per.actor', key, viewer, address);
    }
    const attempts = signInsOf(document, operationName);
    if (attempts > 0) await this.takeSignIn(address, viewer, attempts);
  }

  /** Before credentials are looked at that may be guesses. @throws PlatformError RATE_LIMITED */
  async takeSignIn(address: string, viewer: Actor | null = null, attempts = 1): Promise<void> {
    await this.#take('signin.per.minute.per.address', address, viewer, address, attempts);
  }

  async #take(limit: LimitKey, key: string, actor: Actor | null, address: string, tokens = 1): Promise<void> {
    const allowed = this.#options.settings.get(limit);
    if (allowed === 0) return;
    const wait = this.#buckets.take(`${limit} ${key}`, rateOf(limit, allowed), tokens);
    if (wait === 0) return;
    const { metrics, refusals } = this.#options;
    metrics.rateLimited.inc({ limit });
    await refusals.record({
      action: 'api.request',
      outcome: 'RATE_LIMITED',
      actor,
      actorName: 'anonymous',
      clientAddress: address,
      ...(actor === null && { accountId: null }),
      details: { limit, retryAfterSeconds: wait },
    });
    throw new PlatformError('RATE_LIMITED', `too many requests: ${allowed} is the most for ${limit}`, {
      details: { limit, retryAfterSeconds: wait },
      remedy: `wait ${wait} s, then go on more slowly`,
    });
  }
}

/** Whether a refusal says to come back later. */
export function isTooFast({ extensions }: GraphQLError): boolean {
  return extensions.code === 'RATE_LIMITED';
}

/** The header that tells when to come back. */
export function retryAfter({ extensions }: GraphQLError): Record<string, string> {
  const { retryAfterSeconds } = (extensions.details ?? {}) as { retryAfterSeconds?: number };
  return retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
}

function rateOf(limit: LimitKey, allowed: number): Rate {
  return limit === 'signin.per.minute.per.address'
    ? { perSecond: allowed / 60, burst: allowed }
    : { perSecond: allowed, burst: allowed * burstSeconds };
}

/** How many of an operation's fields try to sign in: those mutations that are open to anybody. */
function signInsOf(document: DocumentNode, operationName: string | null | undefined): number {
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    if (operationName != null && definition.name?.value !== operationName) continue;
    if (definition.operation !== OperationTypeNode.MUTATION) return 0;
    let attempts = 0;
    for (const selection of definition.selectionSet.selections) {
      // A fragment may hold any of them; nobody needs one to sign in.
      if (selection.kind !== Kind.FIELD) attempts += 1;
      else if (publicFields.has(`Mutation.${selection.name.value}`)) attempts += 1;
    }
    return attempts;
  }
  return 0;
}
