import { X509Certificate } from 'node:crypto';
import type { IdentityProviderKind } from '@nephos/model/generated/enums.ts';
import type { LdapConfiguration, OidcConfiguration } from '@nephos/model/shapes/identity-provider.ts';
import { FilterParser } from 'ldapts';
import type { Actor } from '../../platform/actor.ts';
import { Check } from '../../platform/validation.ts';
import { filterFrom } from './ldap-filter.ts';
import { isLoopback, isPrivateLiteral } from './reachable-address.ts';

type Optional<Value> = Value | null | undefined;

export interface OidcInput {
  issuer: string;
  clientId: string;
  scopes?: Optional<readonly string[]>;
  usernameClaim?: Optional<string>;
  groupsClaim?: Optional<string>;
}

export interface LdapInput {
  url: string;
  startTls?: Optional<boolean>;
  certificateAuthority?: Optional<string>;
  bindDn?: Optional<string>;
  baseDn: string;
  userFilter?: Optional<string>;
  idAttribute?: Optional<string>;
  emailAttribute?: Optional<string>;
  groupAttribute?: Optional<string>;
  groupBaseDn?: Optional<string>;
  groupFilter?: Optional<string>;
}

export interface ConfigurationInput {
  oidc?: Optional<OidcInput>;
  ldap?: Optional<LdapInput>;
}

export type Configured =
  { kind: 'OIDC'; configuration: OidcConfiguration } | { kind: 'LDAP'; configuration: LdapConfiguration };

const longest = 512;
const attributePattern = /^[A-Za-z][A-Za-z0-9-]{0,63}$/;
const scopePattern = /^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/;
const claimPattern = /^[\x21-\x7e]{1,128}$/;
const namePattern = /^[^\p{Cc}]+$/u;

/**
 * How to talk to a provider, checked; `undefined` when the input does not say.
 * @param expected kind of the provider that is there already
 * @throws PlatformError VALIDATION_FAILED
 */
export function configurationFrom(
  actor: Actor,
  { oidc, ldap }: ConfigurationInput,
  expected?: IdentityProviderKind,
): Configured | undefined {
  const check = new Check();
  const mayBoth = oidc == null || ldap == null;
  check.that(mayBoth, 'input.ldap', '(given)', 'must not be given together with oidc');
  check.that(
    oidc == null || expected !== 'LDAP',
    'input.oidc',
    '(given)',
    'must be left out for an LDAP directory',
  );
  check.that(
    ldap == null || expected !== 'OIDC',
    'input.ldap',
    '(given)',
    'must be left out for an OpenID Connect issuer',
  );
  // Only those who run the whole cloud may have its servers talk to its own network.
  const reachesInside = actor.accountType === 'ROOT_ADMIN';
  const configured =
    oidc != null
      ? { kind: 'OIDC' as const, configuration: { ...oidcFrom(check, oidc, reachesInside), reachesInside } }
      : ldap != null
        ? { kind: 'LDAP' as const, configuration: { ...ldapFrom(check, ldap, reachesInside), reachesInside } }
        : undefined;
  check.done();
  return configured;
}

function oidcFrom(check: Check, input: OidcInput, mayBeInside: boolean): OidcConfiguration {
  const { issuer, clientId, scopes, usernameClaim, groupsClaim } = input;
  const url = checkUrl(check, 'input.oidc.issuer', issuer, mayBeInside);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url));
  const isBare = url?.search === '' && url.hash === '';
  check.that(
    isSafe && isBare,
    'input.oidc.issuer',
    issuer,
    'must be an https URL without ? and #; http is for issuers on loopback only',
  );
  checkName(check, 'input.oidc.clientId', clientId);
  const asked = scopes ?? ['profile', 'email'];
  check.that(
    asked.length <= 20 && asked.every((scope) => scopePattern.test(scope)),
    'input.oidc.scopes',
    asked,
    'must be at most 20 names without spaces',
  );
  const claims = {
    usernameClaim: usernameClaim ?? 'preferred_username',
    groupsClaim: groupsClaim ?? 'groups',
  };
  for (const [name, claim] of Object.entries(claims))
    check.that(claimPattern.test(claim), `input.oidc.${name}`, claim, 'must be the name of a claim');
  return { issuer, clientId, scopes: asked.filter((scope) => scope !== 'openid'), ...claims };
}

function ldapFrom(check: Check, input: LdapInput, mayBeInside: boolean): LdapConfiguration {
  const { url, baseDn, bindDn, certificateAuthority, groupAttribute, groupBaseDn, groupFilter } = input;
  const startTls = input.startTls ?? false;
  const address = checkUrl(check, 'input.ldap.url', url, mayBeInside);
  const isDirectory = address?.protocol === 'ldap:' || address?.protocol === 'ldaps:';
  const isPlace =
    isDirectory && /^\/?$/.test(address.pathname) && address.search === '' && address.hash === '';
  check.that(
    isPlace && address.hostname !== '',
    'input.ldap.url',
    url,
    'must be ldap://host:port or ldaps://host:port',
  );
  if (isDirectory) {
    const isSecret = address.protocol === 'ldaps:' || startTls || isLoopback(address);
    check.that(isSecret, 'input.ldap.startTls', startTls, 'must be on for ldap://, except on loopback');
    check.that(
      !(startTls && address.protocol === 'ldaps:'),
      'input.ldap.startTls',
      startTls,
      'must be off for ldaps://',
    );
  }
  checkDn(check, 'input.ldap.baseDn', baseDn);
  if (bindDn != null) checkDn(check, 'input.ldap.bindDn', bindDn);
  if (certificateAuthority != null) checkCertificate(check, certificateAuthority);
  const userFilter = input.userFilter ?? '(uid={username})';
  checkFilter(check, 'input.ldap.userFilter', userFilter, ['username']);
  const idAttribute = input.idAttribute ?? 'entryUUID';
  const emailAttribute = input.emailAttribute ?? 'mail';
  const attributes = { idAttribute, emailAttribute, ...(groupAttribute != null && { groupAttribute }) };
  for (const [name, attribute] of Object.entries(attributes))
    check.that(
      attributePattern.test(attribute),
      `input.ldap.${name}`,
      attribute,
      'must be the name of an attribute',
    );
  const areTogether = (groupBaseDn == null) === (groupFilter == null);
  check.that(
    areTogether,
    'input.ldap.groupFilter',
    groupFilter ?? null,
    'must be given together with groupBaseDn',
  );
  if (groupBaseDn != null) checkDn(check, 'input.ldap.groupBaseDn', groupBaseDn);
  if (groupFilter != null) checkFilter(check, 'input.ldap.groupFilter', groupFilter, ['dn', 'username']);
  return {
    url,
    startTls,
    baseDn,
    userFilter,
    ...attributes,
    ...(bindDn != null && { bindDn }),
    ...(certificateAuthority != null && { certificateAuthority }),
    ...(groupBaseDn != null && groupFilter != null && { groupBaseDn, groupFilter }),
  };
}

function checkUrl(check: Check, path: string, text: string, mayBeInside: boolean): URL | null {
  const url = text.length <= longest ? URL.parse(text) : null;
  check.that(
    url?.username === '' && url.password === '',
    path,
    text,
    `must be a URL of at most ${longest} characters, without a user name or password`,
  );
  if (url !== null && !mayBeInside)
    check.that(
      !isPrivateLiteral(url),
      path,
      text,
      'must not lead to a private address; root administrators may set that up',
    );
  return url;
}

function checkName(check: Check, path: string, text: string): void {
  const isFine = text.length <= longest && namePattern.test(text);
  check.that(isFine, path, text, `must be 1 to ${longest} characters without control characters`);
}

function checkDn(check: Check, path: string, text: string): void {
  // What has no "=" could be taken for the name of a way to bind.
  check.that(
    text.length <= longest && namePattern.test(text) && text.includes('='),
    path,
    text,
    'must be a distinguished name: ou=people,dc=example,dc=org',
  );
}

function checkFilter(check: Check, path: string, template: string, places: readonly string[]): void {
  const hasPlace = places.some((place) => template.includes(`{${place}}`));
  const values = Object.fromEntries(places.map((place) => [place, 'x']));
  let isFilter = template.length <= longest;
  try {
    FilterParser.parseString(filterFrom(template, values));
  } catch {
    isFilter = false;
  }
  const named = places.map((place) => `{${place}}`).join(' or ');
  check.that(isFilter && hasPlace, path, template, `must be an LDAP filter with ${named} in it`);
}

function checkCertificate(check: Check, pem: string): void {
  let isCertificate = pem.length <= 64 * 1024;
  try {
    new X509Certificate(pem);
  } catch {
    isCertificate = false;
  }
  check.that(isCertificate, 'input.ldap.certificateAuthority', '(not shown)', 'must be a certificate in PEM');
}
