import { redirect } from '@sveltejs/kit';
import { session } from '#lib/session/session.svelte.ts';
import { signInPath } from '#lib/session/sign-in-path.ts';

export async function load({ url }: { url: URL }) {
  const isSignedIn = await session.open();
  if (!isSignedIn) redirect(307, signInPath(url.pathname + url.search));
}
