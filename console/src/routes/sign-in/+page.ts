import { redirect } from '@sveltejs/kit';
import { ask } from '#lib/api/connection.svelte.ts';
import { session } from '#lib/session/session.svelte.ts';
import { signInProvidersQuery } from '#lib/session/session-queries.ts';
import { pathAfterSignIn } from '#lib/session/sign-in-path.ts';

export async function load({ url }: { url: URL }) {
  const { searchParams } = url;
  const next = pathAfterSignIn(searchParams.get('next'));
  // When the server is away, signing in will say so.
  const isSignedIn = await session.open().catch(() => false);
  if (isSignedIn) redirect(307, next);
  const domain = searchParams.get('domain');
  const providers = await ask(signInProvidersQuery, { domain: domain ?? '/' }).then(
    ({ signInProviders }) => signInProviders.openIdConnect,
    () => [],
  );
  return {
    next,
    domain,
    providers,
    hasEnded: searchParams.has('ended'),
    problem: searchParams.get('problem'),
  };
}
