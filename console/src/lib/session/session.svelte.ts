import { goto } from '$app/navigation';
import { api, ask, mutate } from '../api/connection.svelte.ts';
import { feed } from '../api/live-feed.ts';
import { problemFrom } from '../api/problem.ts';
import { preferences } from '../preferences/preferences.svelte.ts';
import {
  completeSignInMutation,
  endSessionMutation,
  signInMutation,
  useSetupLinkMutation,
  viewerQuery,
  type Viewer,
} from './session-queries.ts';
import { signInPath } from './sign-in-path.ts';

/** What somebody has to do before they are let do anything else. */
export type Duty = 'changePassword' | 'enrolSecondFactor';

interface Credentials {
  username: string;
  password: string;
  /** Path of the domain whose directories know the user. */
  domain: string | null;
}

function dutyOf(viewer: Omit<Viewer, 'user'> | null): Duty | undefined {
  if (viewer?.mustChangePassword) return 'changePassword';
  return viewer?.mustEnrolSecondFactor ? 'enrolSecondFactor' : undefined;
}

/** Who is signed in, if anybody is; from then on the feed follows what they may see. */
async function readViewer(): Promise<Viewer | null> {
  const { viewer } = await ask(viewerQuery, {});
  if (viewer === null) return null;
  if (viewer.changeCursor === null) feed.stop();
  else feed.start(viewer.changeCursor);
  preferences.take(viewer.user.id, viewer.preferences);
  return viewer;
}

/** Who is signed in. */
class Session {
  viewer = $state.raw<Viewer | null>(null);
  /** They leave by themselves: what closes on them then needs no explanation. */
  isSigningOut = false;
  readonly #permissions = $derived(new Set(this.viewer?.permissions));

  /** Whether the role allows something: `zone.create`. What it allows on a certain thing, that thing says. */
  can(permission: string): boolean {
    return this.#permissions.has(permission);
  }

  get duty(): Duty | undefined {
    return dutyOf(this.viewer);
  }

  /** Finds out who is signed in, and begins to follow what changes. @returns whether anybody is */
  async open(): Promise<boolean> {
    if (this.viewer !== null) return true;
    try {
      this.viewer = await readViewer();
      return this.viewer !== null;
    } catch (error) {
      if (problemFrom(error).code === 'UNAUTHENTICATED') return false;
      throw error;
    }
  }

  /** Finds out again what is allowed, and reads again what is shown. */
  async reload(): Promise<void> {
    const viewer = await readViewer();
    if (this.viewer === null) {
      // They have left meanwhile.
      feed.stop();
    } else if (viewer === null) {
      await this.close(signInPath(here(), true));
    } else {
      this.viewer = viewer;
      feed.readAgain();
    }
  }

  /** @returns what to show the second factor with, where one is asked for; otherwise they are signed in */
  async signIn(credentials: Credentials): Promise<string | null> {
    const { signIn } = await mutate(signInMutation, { input: credentials });
    if (signIn.challenge === null) await this.#begin();
    return signIn.challenge;
  }

  /** @param challenge what `signIn` answered */
  async completeSignIn(challenge: string, code: string): Promise<void> {
    await mutate(completeSignInMutation, { input: { challenge, code } });
    await this.#begin();
  }

  /** @returns as `signIn` */
  async useSetupLink(token: string, password: string): Promise<string | null> {
    const { useSetupLink } = await mutate(useSetupLinkMutation, { input: { token, password } });
    if (useSetupLink.challenge === null) await this.#begin();
    return useSetupLink.challenge;
  }

  async signOut(): Promise<void> {
    this.isSigningOut = true;
    try {
      await mutate(endSessionMutation, { input: {} });
      await this.close('/sign-in');
    } finally {
      this.isSigningOut = false;
    }
  }

  /** Forgets who was signed in and what they saw. */
  async close(leadTo: string): Promise<void> {
    feed.stop();
    this.viewer = null;
    await goto(leadTo, { replace: true });
    api.reset();
  }

  async #begin(): Promise<void> {
    feed.stop();
    this.viewer = null;
    api.reset();
    await this.open();
  }
}

export const session = new Session();

function here(): string {
  return location.pathname + location.search;
}

api.onSignedOut(() => {
  // Before anybody was there the routes lead to the sign-in page themselves.
  if (session.viewer === null || session.isSigningOut) return;
  void session.close(signInPath(here(), true));
});

api.onAccessChanged(() => {
  // When the server cannot be asked now, the socket does not come back either, and the page says so.
  session.reload().catch(() => undefined);
});
