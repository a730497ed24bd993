import { goto } from '$app/navigation';
import { api, ask, mutate } from '../api/connection.svelte.ts';
import { graphql, type ResultOf } from '../api/graphql.ts';
import { feed } from '../api/live-feed.ts';
import { problemFrom } from '../api/problem.ts';
import { signInPath } from './sign-in-path.ts';

const sessionQuery = graphql(`
  query Session {
    viewer {
      permissions
      sessionId
      user {
        id
        username
        account {
          id
          name
          role
        }
      }
    }
    changeCursor
  }
`);

const signInMutation = graphql(`
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) {
      sessionId
      username
    }
  }
`);

const useSetupLinkMutation = graphql(`
  mutation UseSetupLink($input: UseSetupLinkInput!) {
    useSetupLink(input: $input) {
      sessionId
      username
    }
  }
`);

const endSessionMutation = graphql(`
  mutation EndSession($input: EndSessionInput!) {
    endSession(input: $input) {
      sessionId
    }
  }
`);

export type Viewer = NonNullable<ResultOf<typeof sessionQuery>['viewer']>;

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

  /** Finds out who is signed in, and begins to follow what changes. @returns whether anybody is */
  async open(): Promise<boolean> {
    if (this.viewer !== null) return true;
    try {
      const { viewer, changeCursor } = await ask(sessionQuery, {});
      this.viewer = viewer;
      if (viewer === null) return false;
      feed.start(changeCursor);
      return true;
    } catch (error) {
      if (problemFrom(error).code === 'UNAUTHENTICATED') return false;
      throw error;
    }
  }

  async signIn(username: string, password: string): Promise<void> {
    await mutate(signInMutation, { input: { username, password } });
    await this.#begin();
  }

  async useSetupLink(token: string, password: string): Promise<void> {
    await mutate(useSetupLinkMutation, { input: { token, password } });
    await this.#begin();
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

api.onSignedOut(() => {
  // Before anybody was there the routes lead to the sign-in page themselves.
  if (session.viewer === null || session.isSigningOut) return;
  const { pathname, search } = location;
  void session.close(signInPath(pathname + search, true));
});
