import type { Actor } from '../platform/actor.ts';
import type { Logger } from '../platform/log.ts';

interface Watched {
  userId: string;
  /** Who the stream's credentials belong to now. */
  recheck(): Promise<Actor | null>;
  end(): void;
}

/** Ends sockets and event streams whose owner signed out, or may no longer sign in. */
export class AccessWatch {
  readonly #watched = new Set<Watched>();
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** @returns a function that stops watching */
  watch(stream: Watched): () => void {
    this.#watched.add(stream);
    return () => this.#watched.delete(stream);
  }

  /** Looks at all streams of a user again. */
  accessChanged(userId: string): void {
    for (const stream of this.#watched) {
      if (stream.userId !== userId) continue;
      stream.recheck().then(
        (actor) => {
          if (actor === null) stream.end();
        },
        (error: unknown) => {
          // In doubt, out: a client whose access is good comes back by itself.
          this.#log.warn({ err: error }, 'access of an open stream could not be checked');
          stream.end();
        },
      );
    }
  }
}
