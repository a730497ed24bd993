import { timingSafeEqual } from 'node:crypto';
import type { Row } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { AuthorizationResponseError } from 'openid-client';
import { audit } from '../../platform/audit.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { hashSecret, newSecret } from '../secrets.ts';
import type { Client, NewSession, SessionService } from '../session/session-service.ts';
import { OidcClient } from './oidc-client.ts';
import type { Person } from './person.ts';
import type { ProviderUsers } from './provider-users.ts';

/** Why a browser comes back to the sign-in page; it learns no more than this word. */
export type OidcProblem =
  | 'unknown-provider'
  | 'unavailable'
  | 'expired'
  | 'declined'
  | 'bad-answer'
  | 'not-enabled'
  | 'no-role'
  | 'bad-username'
  | 'username-taken'
  | 'domain-gone';

/** A sign-in with a provider that led to nothing. */
export class OidcRefusal extends Error {
  override name = 'OidcRefusal';
  readonly problem: OidcProblem;

  constructor(problem: OidcProblem, options?: ErrorOptions) {
    super(`sign-in with a provider failed: ${problem}`, options);
    this.problem = problem;
  }
}

/** A browser that goes to a provider. */
export interface Departure {
  url: URL;
  /** For a cookie: only this browser may come back. */
  browserSecret: string;
  expiresAt: Date;
}

const flowMs = 10 * 60_000;

/** Signing in with an OpenID Connect provider: away to it, and back. */
export class OidcSignIn {
  readonly #platform: Platform;
  readonly #users: ProviderUsers;
  readonly #sessions: SessionService;
  readonly #client: OidcClient;

  constructor(platform: Platform, users: ProviderUsers, sessions: SessionService) {
    this.#platform = platform;
    this.#users = users;
    this.#sessions = sessions;
    this.#client = new OidcClient(platform.sealing, platform.clock);
  }

  /**
   * Begins: remembers what has to come back.
   * @param returnTo path of our own that the browser is led to in the end
   * @throws OidcRefusal
   */
  async depart(
    providerId: Id<'IdentityProvider'>,
    redirectUri: string,
    returnTo: string,
  ): Promise<Departure> {
    const { db, clock, sealing, log } = this.#platform;
    const provider = await this.#provider(providerId);
    if (provider === undefined) throw new OidcRefusal('unknown-provider');
    const secrets = { state: newSecret(), nonce: newSecret(), codeVerifier: newSecret() };
    const url = await this.#client
      .authorizationUrl(provider, redirectUri, secrets)
      .catch((error: unknown) => {
        log.warn({ err: error, provider: provider.name }, 'OpenID Connect issuer could not be asked');
        throw new OidcRefusal('unavailable', { cause: error });
      });
    const browserSecret = newSecret();
    const expiresAt = new Date(clock.now().getTime() + flowMs);
    const stateHash = hashSecret(secrets.state);
    await db
      .insertInto('OidcFlow')
      .values({
        stateHash,
        providerId,
        browserHash: hashSecret(browserSecret),
        nonce: secrets.nonce,
        codeVerifier: sealing.seal(Buffer.from(secrets.codeVerifier), placeOf(stateHash)),
        returnTo,
        expiresAt,
      })
      .execute();
    return { url, browserSecret, expiresAt };
  }

  /**
   * Ends: takes what the provider sent with the browser, and begins a session.
   * @param browserSecret of the cookie; absent when there is none
   * @throws OidcRefusal, written to the audit log
   */
  async arrive(
    callbackUrl: URL,
    browserSecret: string | undefined,
    client: Client,
  ): Promise<{ session: NewSession; returnTo: string }> {
    const { db, clock, sealing, log } = this.#platform;
    const state = callbackUrl.searchParams.get('state') ?? '';
    const stateHash = hashSecret(state);
    // Whatever comes of it, an answer is taken once.
    const flow = await db
      .deleteFrom('OidcFlow')
      .where('stateHash', '=', stateHash)
      .returningAll()
      .executeTakeFirst();
    const provider = flow && (await this.#provider(flow.providerId));
    const isBegunHere =
      flow !== undefined &&
      flow.expiresAt > clock.now() &&
      timingSafeEqual(flow.browserHash, hashSecret(browserSecret ?? ''));
    if (!isBegunHere || provider === undefined)
      throw await this.#refused(new OidcRefusal('expired'), client, provider);
    const codeVerifier = sealing.open(flow.codeVerifier, placeOf(stateHash)).toString();
    let person: Person;
    try {
      person = await this.#client.personFrom(provider, callbackUrl, {
        state,
        nonce: flow.nonce,
        codeVerifier,
      });
    } catch (error) {
      log.warn({ err: error, provider: provider.name }, 'answer of an OpenID Connect provider was refused');
      const problem = error instanceof AuthorizationResponseError ? 'declined' : 'bad-answer';
      throw await this.#refused(new OidcRefusal(problem, { cause: error }), client, provider);
    }
    return { session: await this.#enter(provider, person, client), returnTo: flow.returnTo };
  }

  async #enter(provider: Row<'IdentityProvider'>, person: Person, client: Client): Promise<NewSession> {
    const admission = await this.#users.admit(provider, person);
    if ('problem' in admission) {
      const problem = admission.problem.toLowerCase().replaceAll('_', '-') as OidcProblem;
      throw await this.#refused(new OidcRefusal(problem), client, provider, person);
    }
    try {
      return await this.#sessions.open(admission.userId, { method: 'OIDC' }, client);
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      throw await this.#refused(new OidcRefusal('not-enabled', { cause: error }), client, provider, person);
    }
  }

  /** Only of a domain that is not about to go. */
  #provider(id: Id<'IdentityProvider'>): Promise<Row<'IdentityProvider'> | undefined> {
    return this.#platform.db
      .selectFrom('IdentityProvider')
      .innerJoin('Domain', 'Domain.id', 'IdentityProvider.domainId')
      .selectAll('IdentityProvider')
      .where('IdentityProvider.id', '=', id)
      .where('kind', '=', 'OIDC')
      .where('isEnabled', '=', true)
      .where('Domain.state', '=', 'ACTIVE')
      .executeTakeFirst();
  }

  async #refused(
    refusal: OidcRefusal,
    client: Client,
    provider: Row<'IdentityProvider'> | undefined,
    person?: Person,
  ): Promise<OidcRefusal> {
    const { db, clock } = this.#platform;
    const user = provider && person && (await this.#users.find(provider.id, person.externalId));
    await audit(db, {
      action: 'session.signIn',
      outcome: 'UNAUTHENTICATED',
      at: clock.now(),
      actor: null,
      actorName: person?.username.slice(0, 64) ?? 'unknown',
      ...(user && { userId: user.id }),
      accountId: user?.accountId ?? null,
      clientAddress: client.address,
      details: {
        problem: refusal.problem.toUpperCase().replaceAll('-', '_'),
        ...(provider && { identityProvider: provider.name }),
      },
    });
    return refusal;
  }
}

const placeOf = (stateHash: Buffer) => `oidcFlow ${stateHash.toString('hex')}`;
