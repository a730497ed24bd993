import { describe, expect, it } from 'vitest';
import { pathAfterSignIn, providerPath, signInPath } from './sign-in-path.ts';

describe('the way back after signing in', () => {
  it('leads to where one was', () => {
    const path = new URL(signInPath('/virtual-machines?state=RUNNING'), 'http://console');
    expect(pathAfterSignIn(path.searchParams.get('next'))).toBe('/virtual-machines?state=RUNNING');
    expect(path.searchParams.has('ended')).toBe(false);
  });

  it('says when the session has ended', () => {
    expect(signInPath('/', true)).toBe('/sign-in?ended=');
    expect(signInPath('/')).toBe('/sign-in');
  });

  it.each([null, '', 'https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)'])(
    'never leads elsewhere: %j',
    (next) => expect(pathAfterSignIn(next)).toBe('/'),
  );
});

describe('the way to an identity provider', () => {
  it('names where to come back to', () => {
    expect(providerPath('idp_1', '/hosts?q=a b')).toBe('/auth/oidc/idp_1/start?returnTo=%2Fhosts%3Fq%3Da+b');
  });
});
