const soonMs = 60;
const usualEveryMs = 1000;

/** Runs an action soon after it was asked for, and not more than once a second, or so, however often that is. */
export class Refresher {
  readonly #action: () => void;
  readonly #everyMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(action: () => void, everyMs = usualEveryMs) {
    this.#action = action;
    this.#everyMs = everyMs;
  }

  ask(): void {
    if (this.#timer !== undefined) return;
    const sinceLast = performance.now() - this.#lastAt;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#lastAt = performance.now();
        this.#action();
      },
      Math.max(soonMs, this.#everyMs - sinceLast),
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
