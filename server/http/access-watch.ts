import { concernsActor, type AccessChange } from '../identity/access/access-notices.ts';
import { hasSameRights } from '../identity/access/actor-store.ts';
import type { Actor } from '../platform/actor.ts';
import type { Logger } from '../platform/log.ts';

interface Watched {
  /** One object for as long as the stream lives; what it holds are the rights of this moment. */
  actor: Actor;
  /** Who the stream's credentials belong to now. */
  recheck(): Promise<Actor | null>;
  /** The access ended, or its rights are others: in that case the client may come again. */
  end(reason: 'ended' | 'changed'): void;
}

/** Beyond this timers fire at once; a stream that lasts for weeks has been opened anew by then. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Looks again at sockets and event streams whenever somebody's rights may have changed. Those whose owner signed out
 * or may no longer sign in end; so do those with another role, whose clients come back with the rights they have now.
 * A project that was joined or left only changes what is shown from then on.
 */
export class AccessWatch {
  readonly #watched = new Set<Watched>();
  readonly #looks = new WeakMap<Watched, number>();
  #changes = 0;
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** How often rights may have changed: asked before credentials are looked at, and given to {@link watch}. */
  get changes(): number {
    return this.#changes;
  }

  /**
   * @param since count of changes before the stream's credentials were looked at: what changed meanwhile counts too
   * @returns a function that stops watching
   */
  watch(stream: Watched, since: number): () => void {
    this.#watched.add(stream);
    const timer = this.#atExpiry(stream);
    if (since !== this.#changes) void this.#lookAgain(stream);
    return () => {
      clearTimeout(timer);
      this.#watched.delete(stream);
    };
  }

  /** A session, or a key, that runs out takes its streams with it. */
  #atExpiry(stream: Watched): NodeJS.Timeout | undefined {
    const { expiresAt } = stream.actor;
    if (expiresAt === null) return undefined;
    const left = expiresAt.getTime() - Date.now();
    if (left > longestTimerMs) return undefined;
    return setTimeout(() => void this.#lookAgain(stream), Math.max(0, left) + 1).unref();
  }

  accessChanged(change: AccessChange): void {
    this.#changes++;
    for (const stream of this.#watched) {
      if (concernsActor(change, stream.actor)) void this.#lookAgain(stream);
    }
  }

  async #lookAgain(stream: Watched): Promise<void> {
    const look = (this.#looks.get(stream) ?? 0) + 1;
    this.#looks.set(stream, look);
    try {
      const now = await stream.recheck();
      // A look that began later sees at least as much, and may have ended before.
      if (look !== this.#looks.get(stream)) return;
      if (now === null) stream.end('ended');
      else if (hasSameRights(stream.actor, now)) stream.actor.projects = now.projects;
      else stream.end('changed');
    } catch (error) {
      // In doubt, out: a client whose access is good comes back by itself.
      this.#log.warn({ err: error }, 'access of an open stream could not be checked');
      stream.end('changed');
    }
  }
}
