import { redirect } from '@sveltejs/kit';
import { session } from '#lib/session/session.svelte.ts';
import { pathAfterSignIn } from '#lib/session/sign-in-path.ts';

export async function load({ url }: { url: URL }) {
  const next = pathAfterSignIn(url.searchParams.get('next'));
  // When the server is away, signing in will say so.
  const isSignedIn = await session.open().catch(() => false);
  if (isSignedIn) redirect(307, next);
  return { next, hasEnded: url.searchParams.has('ended') };
}
