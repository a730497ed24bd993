/**
 * The sign-in page that leads back to where one wanted to go.
 * @param hasEnded it says that the session has ended
 */
export function signInPath(wanted: string, hasEnded = false): string {
  const query = new URLSearchParams({
    ...(hasEnded && { ended: '' }),
    ...(wanted !== '/' && { next: wanted }),
  });
  return query.size === 0 ? '/sign-in' : `/sign-in?${query}`;
}

/** Where to go after signing in. Only paths of this console: a link must not lead elsewhere. */
export function pathAfterSignIn(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) ? next : '/';
}

/** Where the browser goes to sign in with an OpenID Connect provider. */
export function providerPath(providerId: string, next: string): string {
  return `/auth/oidc/${encodeURIComponent(providerId)}/start?${new URLSearchParams({ returnTo: next })}`;
}
