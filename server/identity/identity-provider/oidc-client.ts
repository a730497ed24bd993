import type { Row } from '@nephos/model/database.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import type { OidcConfiguration } from '@nephos/model/shapes/identity-provider.ts';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  None,
  type ClientAuth,
} from 'openid-client';
import type { Sealing } from '../../platform/sealing.ts';
import type { Person } from './person.ts';
import { openSecret } from './provider-secret.ts';
import { assertReachable, isLoopback } from './reachable-address.ts';

/** What is asked of the provider, and has to come back. */
export interface FlowSecrets {
  state: string;
  nonce: string;
  codeVerifier: string;
}

/** Somebody waits for their browser to go on. */
const answerSeconds = 5;
/** What an issuer says of itself is asked for again after this long. */
const knownMs = 10 * 60_000;
const mostGroups = 2000;
const longestSubject = 255;

type Claims = Record<string, unknown>;

/** Talks to OpenID Connect providers: authorization code flow with PKCE, every token's signature checked. */
export class OidcClient {
  readonly #sealing: Sealing;
  readonly #clock: Clock;
  readonly #known = new Map<
    string,
    { version: number; until: number; configuration: Promise<Configuration> }
  >();

  constructor(sealing: Sealing, clock: Clock) {
    this.#sealing = sealing;
    this.#clock = clock;
  }

  /** Where the browser goes to. @throws Error when the issuer is not there */
  async authorizationUrl(
    provider: Row<'IdentityProvider'>,
    redirectUri: string,
    { state, nonce, codeVerifier }: FlowSecrets,
  ): Promise<URL> {
    const { scopes } = provider.configuration as OidcConfiguration;
    return buildAuthorizationUrl(await this.#configurationOf(provider), {
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: ['openid', ...scopes].join(' '),
      code_challenge: await calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
  }

  /**
   * Who came back from the provider.
   * @param callbackUrl as the browser called it, with all parameters
   * @throws Error for an answer or a token that is not good, and for a person without a name
   */
  async personFrom(
    provider: Row<'IdentityProvider'>,
    callbackUrl: URL,
    { state, nonce, codeVerifier }: FlowSecrets,
  ): Promise<Person> {
    const configuration = await this.#configurationOf(provider);
    const tokens = await authorizationCodeGrant(configuration, callbackUrl, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: codeVerifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined) throw new Error('the provider sent no ID token');
    // OpenID Connect Core, 2: at most 255 characters; an empty one would be everybody's.
    if (claims.sub === '' || claims.sub.length > longestSubject)
      throw new Error('the provider did not say who it is: sub is empty or too long');
    const { usernameClaim, groupsClaim } = provider.configuration as OidcConfiguration;
    const isComplete = usernameClaim in claims && groupsClaim in claims;
    const { userinfo_endpoint } = configuration.serverMetadata();
    const more: Claims =
      isComplete || userinfo_endpoint === undefined
        ? {}
        : await fetchUserInfo(configuration, tokens.access_token, claims.sub);
    // What is signed comes first.
    const said: Claims = { ...more, ...claims };
    const username = textIn(said, usernameClaim);
    if (username === null) throw new Error(`the provider did not say ${usernameClaim}`);
    return {
      externalId: claims.sub,
      username: username.toLowerCase(),
      displayName: textIn(said, 'name'),
      email: textIn(said, 'email'),
      groups: [said[groupsClaim]]
        .flat()
        .filter((group) => typeof group === 'string')
        .slice(0, mostGroups),
    };
  }

  async #configurationOf(provider: Row<'IdentityProvider'>): Promise<Configuration> {
    const { id, version } = provider;
    const now = this.#clock.now().getTime();
    const known = this.#known.get(id);
    if (known?.version === version && known.until > now) return known.configuration;
    const configuration = this.#discover(provider);
    this.#known.set(id, { version, until: now + knownMs, configuration });
    // An issuer that was not there is asked again at once.
    configuration.catch(() => this.#known.delete(id));
    return configuration;
  }

  async #discover(provider: Row<'IdentityProvider'>): Promise<Configuration> {
    const { issuer, clientId, reachesInside = false } = provider.configuration as OidcConfiguration;
    const server = new URL(issuer);
    const guardedFetch = async (url: string, options: RequestInit) => {
      await assertReachable(new URL(url), reachesInside);
      return fetch(url, options);
    };
    // Its makers mark it as deprecated so that nobody takes it lightly; on loopback nobody listens in.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- for loopback alone, see above
    const allowances = server.protocol === 'http:' && isLoopback(server) ? [allowInsecureRequests] : [];
    const discovered = await discovery(server, clientId, undefined, None(), {
      execute: allowances,
      timeout: answerSeconds,
      [customFetch]: guardedFetch as never,
    });
    const metadata = discovered.serverMetadata();
    const authentication = authenticationBy(
      openSecret(this.#sealing, provider),
      metadata.token_endpoint_auth_methods_supported,
    );
    const configuration = new Configuration(metadata, clientId, undefined, authentication);
    configuration.timeout = answerSeconds;
    configuration[customFetch] = guardedFetch as never;
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- empty unless the issuer is on loopback
    allowances.forEach((allow) => allow(configuration));
    // Tokens come over TLS from the issuer itself; that they are signed by it is checked all the same.
    enableNonRepudiationChecks(configuration);
    return configuration;
  }
}

/** RFC 8414: a server that names no method takes the client's secret as HTTP Basic. */
function authenticationBy(secret: string, methods: readonly string[] = ['client_secret_basic']): ClientAuth {
  if (secret === '') return None();
  return methods.includes('client_secret_basic') ? ClientSecretBasic(secret) : ClientSecretPost(secret);
}

function textIn(claims: Claims, name: string): string | null {
  const value = claims[name];
  return typeof value === 'string' && value !== '' ? value : null;
}
