import { redirect } from '@sveltejs/kit';
import { preferences } from '#lib/preferences/preferences.svelte.ts';
import { session } from '#lib/session/session.svelte.ts';
import { signInPath } from '#lib/session/sign-in-path.ts';

export async function load({ url }: { url: URL }) {
  const isSignedIn = await session.open();
  if (!isSignedIn) redirect(307, signInPath(url.pathname + url.search));
  // Who cannot read them sees everything as it is at first.
  if (session.viewer) await preferences.open(session.viewer.user.id).catch(() => undefined);
}
