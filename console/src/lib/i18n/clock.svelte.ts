import { createSubscriber } from 'svelte/reactivity';

/** A clock that ticks only while something on the page shows the time. */
class Clock {
  readonly #subscribe: () => void;

  constructor(milliseconds: number) {
    this.#subscribe = createSubscriber((update) => {
      const timer = setInterval(update, milliseconds);
      return () => clearInterval(timer);
    });
  }

  /** Now, in milliseconds. */
  get now(): number {
    this.#subscribe();
    return Date.now();
  }
}

/** For elapsed times. */
export const seconds = new Clock(1000);
/** For `3 minutes ago`. */
export const minutes = new Clock(20_000);
